"""What one client can do, as data: stored in the manifest, hashed, replayed.

Every wait has a deadline; an operation that meets it is completed as *info* (nobody knows).
"""

from typing import Any

import msgspec


class Operation(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", omit_defaults=True):
    """One step of a session; steps of a session follow each other."""


class Connect(Operation, frozen=True, kw_only=True, tag="connect"):
    """Open the client connection of this session."""


class Speak(Operation, frozen=True, kw_only=True, tag="speak"):
    """Ask for speech; ``upstream`` is what the fake upstream shall do with this message."""

    message: int
    text: str
    upstream: dict[str, Any] = {}


class AwaitAudio(Operation, frozen=True, kw_only=True, tag="await_audio"):
    """Wait until ``audio_ms`` of audible audio of the message have arrived, or it has ended."""

    message: int
    audio_ms: float
    deadline_ms: float


class AwaitEnd(Operation, frozen=True, kw_only=True, tag="await_end"):
    """Wait for the end signal of the message."""

    message: int
    deadline_ms: float


class Pause(Operation, frozen=True, kw_only=True, tag="pause"):
    """Do nothing for a while; the connection is still read."""

    pause_ms: float


class Stop(Operation, frozen=True, kw_only=True, tag="stop"):
    """Send STOP with a fence right behind it."""


class Disconnect(Operation, frozen=True, kw_only=True, tag="disconnect"):
    """Leave: ``close`` (WebSocket close frame), ``fin``, ``rst``, ``vanish`` or ``half_open``.

    A client that vanishes or is half-open reads and writes nothing for ``hold_ms`` and keeps its
    connection; then it reads again for a moment, to see whether it was let go.
    """

    how: str
    hold_ms: float = 0.0


class CallCleanup(Operation, frozen=True, kw_only=True, tag="call_cleanup"):
    """Call the SUT's cleanup hook for this session: one after the other, or all ``at_once``."""

    times: int = 3
    at_once: bool = False


class SendInvalid(Operation, frozen=True, kw_only=True, tag="send_invalid"):
    """Send what the protocol forbids; ``kind`` is a name that the adapter knows."""

    kind: str


class Barrier(Operation, frozen=True, kw_only=True, tag="barrier"):
    """Wait until every session of the scenario has come to the barrier of this name."""

    name: str
    deadline_ms: float


AnyOperation = (
    Connect
    | Speak
    | AwaitAudio
    | AwaitEnd
    | Pause
    | Stop
    | Disconnect
    | CallCleanup
    | SendInvalid
    | Barrier
)


class SessionPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What one user session does, from connect to leaving.

    ``user`` is the key by which the platform knows the user, None for a user of its own.
    ``is_direct`` dials the SUT without a proxy between: a client that reads nothing would stop it.
    """

    session: int
    operations: tuple[AnyOperation, ...]
    user: str | None = None
    is_direct: bool = False


class FaultPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One fault of the schedule: from ``start_ms`` after the scenario's start, for a while.

    ``duration_ms`` of None holds it until the sessions have ended.
    """

    fault: str
    link: str
    start_ms: float
    duration_ms: float | None
    parameters: dict[str, float]


class ScenarioPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario made concrete by a seed: who does what, and what disturbs it."""

    scenario: str
    sessions: tuple[SessionPlan, ...]
    faults: tuple[FaultPlan, ...] = ()
