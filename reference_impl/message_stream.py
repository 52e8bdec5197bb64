"""The life of a session's messages as a pure state machine: an input in, commands out.

Laws kept here: a message ends exactly once; what comes late from an ended message is answered by
nothing; a new message is begun only after its predecessor was cleaned up and its end was told.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from reference_impl.vocabulary import (
    AudioArrived,
    AwaitDrain,
    CleanUp,
    CleanUpNow,
    ClientLeft,
    CloseClient,
    Command,
    Drained,
    Ending,
    EndReason,
    Failure,
    FromExchange,
    Input,
    OpenUpstream,
    Pinged,
    Rejected,
    ReleaseUpstream,
    Retire,
    SendAudio,
    SendEnd,
    SendError,
    SendPong,
    SendStart,
    Speak,
    Stop,
    UpstreamEnded,
)

MESSAGE_IDS_REMEMBERED_MAX = 1024
"""So many message ids of a session are known as used; the memory of a session stays bounded."""


class Phase(Enum):
    """Where the session's current message stands; IDLE when there is none."""

    IDLE = "idle"
    REQUESTED = "requested"  # accepted, no audio from upstream yet
    STREAMING = "streaming"
    DRAINING = "draining"  # the upstream has ended, the client has not got everything
    CLOSED = "closed"  # the session is over


class IllegalTransition(Exception):
    """An input came in a phase that cannot take it: a mistake of ours, never of the client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """The phase that follows, and the method of `MessageStream` that makes the commands."""

    to: Phase
    by: str


_OPEN = (Phase.REQUESTED, Phase.STREAMING, Phase.DRAINING)
_ALIVE = (Phase.IDLE, *_OPEN)
_INPUTS: tuple[type[Input], ...] = (
    Speak,
    Stop,
    CleanUpNow,
    Retire,
    ClientLeft,
    Pinged,
    Rejected,
    AudioArrived,
    UpstreamEnded,
    Drained,
)

TRANSITIONS: Mapping[tuple[Phase, type[Input]], Transition] = {
    (Phase.IDLE, Speak): Transition(to=Phase.REQUESTED, by="begin"),
    **{(phase, Speak): Transition(to=Phase.REQUESTED, by="supersede") for phase in _OPEN},
    (Phase.IDLE, Stop): Transition(to=Phase.IDLE, by="nothing"),
    **{(phase, Stop): Transition(to=Phase.IDLE, by="stop") for phase in _OPEN},
    **{(phase, CleanUpNow): Transition(to=Phase.IDLE, by="clean_up") for phase in _ALIVE},
    **{(phase, Retire): Transition(to=Phase.CLOSED, by="retire") for phase in _ALIVE},
    **{(phase, ClientLeft): Transition(to=Phase.CLOSED, by="leave") for phase in _ALIVE},
    **{(phase, Pinged): Transition(to=phase, by="pong") for phase in _ALIVE},
    **{(phase, Rejected): Transition(to=phase, by="reject") for phase in _ALIVE},
    (Phase.REQUESTED, AudioArrived): Transition(to=Phase.STREAMING, by="pass_on"),
    (Phase.STREAMING, AudioArrived): Transition(to=Phase.STREAMING, by="pass_on"),
    (Phase.REQUESTED, UpstreamEnded): Transition(to=Phase.DRAINING, by="drain"),
    (Phase.STREAMING, UpstreamEnded): Transition(to=Phase.DRAINING, by="drain"),
    (Phase.DRAINING, Drained): Transition(to=Phase.IDLE, by="finish"),
    **{(Phase.CLOSED, kind): Transition(to=Phase.CLOSED, by="nothing") for kind in _INPUTS},
}
"""All that can happen. What is not in here is refused."""


class MessageStream:
    """Sole owner of the answer to "which message is open, and how far is it?"."""

    def __init__(self) -> None:
        self.phase = Phase.IDLE
        self._open: Speak | None = None
        self._ending: Ending | None = None  # known while draining
        self._exchange = 0
        self._last_message_id: str | None = None
        self._cleanup_calls = 0
        self._known_ids: OrderedDict[str, None] = OrderedDict()

    @property
    def current(self) -> str | None:
        """The id of the open message; None when there is none."""
        return None if self._open is None else self._open.message_id

    def receive(self, arrived: Input) -> tuple[Command, ...]:
        """Return what to do about `arrived`, in this order.

        Raises:
            IllegalTransition: the table knows no such input in this phase.
        """
        if self.is_late(arrived):
            return ()
        if isinstance(arrived, Speak) and self.is_duplicate(arrived):
            return (_duplicate(arrived),)
        transition = TRANSITIONS.get((self.phase, type(arrived)))
        if transition is None:
            raise IllegalTransition(f"{type(arrived).__name__} in phase {self.phase.value}")
        make: Callable[[Input], tuple[Command, ...]] = getattr(self, transition.by)
        commands = make(arrived)
        self.phase = transition.to
        return commands

    def is_late(self, arrived: Input) -> bool:
        """Say whether `arrived` is about a message that is not open (any more)."""
        if isinstance(arrived, FromExchange):
            return self._open is None or arrived.exchange != self._exchange
        if isinstance(arrived, Stop):
            return arrived.message_id is not None and arrived.message_id != self.current
        return False

    def is_duplicate(self, speak: Speak) -> bool:
        """Say whether the session has used this message id before."""
        return speak.message_id in self._known_ids

    def remember(self, message_id: str) -> None:
        """Keep a message id as used, and forget the oldest beyond the limit."""
        self._known_ids[message_id] = None
        if len(self._known_ids) > MESSAGE_IDS_REMEMBERED_MAX:
            self._known_ids.popitem(last=False)

    # What the table names. Each returns commands in the order in which they must be obeyed.

    def begin(self, speak: Speak) -> tuple[Command, ...]:
        """Open a message, behind an explicit cleanup of whatever was before it."""
        before = self.clean("speak")  # explicit, though there should be nothing left to release
        self.remember(speak.message_id)
        self._open = speak
        self._exchange += 1
        self._last_message_id = speak.message_id
        self._cleanup_calls = 0
        return (
            before,
            SendStart(message_id=speak.message_id),
            OpenUpstream(exchange=self._exchange, message=speak),
        )

    def supersede(self, speak: Speak) -> tuple[Command, ...]:
        """End the open message, then begin the new one."""
        return (
            self.clean("superseded"),
            *self.end(EndReason.SUPERSEDED),
            *self.begin(speak),
        )

    def stop(self, _: Stop) -> tuple[Command, ...]:
        """End the open message at once."""
        return (self.clean("stop"), *self.end(EndReason.STOPPED))

    def clean_up(self, _: CleanUpNow) -> tuple[Command, ...]:
        """End the open message, if any; the session goes on."""
        return (self.clean("hook"), *self.end(EndReason.CLEANUP))

    def retire(self, retire: Retire) -> tuple[Command, ...]:
        """End the open message, then the session."""
        return (
            self.clean(retire.cause),
            *self.end(EndReason.CLEANUP),
            CloseClient(close_code=retire.close_code, cause=retire.cause),
        )

    def leave(self, left: ClientLeft) -> tuple[Command, ...]:
        """Clean up; nobody is there to be told."""
        cleanup = self.clean(left.cause)
        self.end(EndReason.CLEANUP)
        return (cleanup,)

    def pong(self, pinged: Pinged) -> tuple[Command, ...]:
        """Answer a PING behind all that came before it."""
        return (SendPong(payload=pinged.payload),)

    def reject(self, rejected: Rejected) -> tuple[Command, ...]:
        """Tell the client what was not legal; nothing else changes."""
        return (SendError(message_id=rejected.message_id, failure=rejected.failure),)

    def pass_on(self, audio: AudioArrived) -> tuple[Command, ...]:
        """Send samples."""
        return (SendAudio(pcm=audio.pcm),)

    def drain(self, ended: UpstreamEnded) -> tuple[Command, ...]:
        """Release the upstream that has ended; the end signal waits for the last audio."""
        self._ending = ended.ending
        return (ReleaseUpstream(), AwaitDrain(exchange=ended.exchange))

    def finish(self, _: Drained) -> tuple[Command, ...]:
        """End the message as its upstream ended."""
        ending = self._ending
        assert ending is not None, "a message drains only after its upstream has ended"
        failure = ending.failure
        error = () if failure is None else (SendError(message_id=self.current, failure=failure),)
        return (self.clean(ending.reason.value), *error, *self.end(ending.reason))

    def nothing(self, _: Input) -> tuple[Command, ...]:
        """Do nothing, on purpose."""
        return ()

    def clean(self, cause: str) -> CleanUp:
        """Count a cleanup call and return its command."""
        self._cleanup_calls += 1
        return CleanUp(
            message_id=self._last_message_id,
            cause=cause,
            call=self._cleanup_calls,
            effective=self._open is not None,
        )

    def end(self, reason: EndReason) -> tuple[Command, ...]:
        """Close the open message and return its end signal; () where none is open."""
        message, self._open = self._open, None
        self._ending = None
        return () if message is None else (SendEnd(message_id=message.message_id, reason=reason),)


def _duplicate(speak: Speak) -> SendError:
    failure = Failure(
        code="duplicate_message_id",
        message="This session has already used the message id; choose a new one.",
    )
    return SendError(message_id=speak.message_id, failure=failure)
