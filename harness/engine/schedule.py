"""From scenario names and a seed to everything that will be played, and hashes of it. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import msgspec

from harness.adapters.base import Adapter
from harness.model.broken_frames import BROKEN_FRAMES
from harness.model.operations import ScenarioPlan, SessionPlan, Speak
from harness.model.seeds import child_random
from harness.model.target import Behaviour
from harness.scenarios.base import SCENARIOS, Draft

SHARED_LANE = "shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedScenario:
    """A scenario with its place in the run: ``run`` is its unique name in the record."""

    run: str
    lane: str
    isolation: str
    plan: ScenarioPlan
    retry_of: str | None = None


BLOCK = 1024
RETRY_BLOCK = 128  # retries are of the smoke size


class Scheduler:
    """Makes concrete scenarios; session numbers are unique over the run, retries included.

    Each scenario has a block of numbers of its own, so that it is the same to the letter whether
    it is played alone or among others.
    """

    def __init__(
        self, *, seed: int, tier: str, behaviour: Behaviour, adapter: Adapter | None = None
    ) -> None:
        self._forbidden = tuple(adapter.forbidden) if adapter is not None else ()
        self._has_message_ids = adapter is None or adapter.abilities.message_ids
        self._seed = seed
        self._tier = tier
        self._behaviour = behaviour
        self._retries = count(len(SCENARIOS.names()) * BLOCK, RETRY_BLOCK)

    def plan(self, names: Iterable[str]) -> tuple[PlannedScenario, ...]:
        """Return the scenarios by name, each with its lane."""
        return tuple(
            self._plan_one(name, run=name, retry_of=None, first_session=_first_session(name))
            for name in names
        )

    def retry(self, name: str, *, original: str, attempt: int) -> PlannedScenario:
        """Return the scenario once more, with chance of its own, to be played alone."""
        first, run = next(self._retries), f"{original}~{attempt}"
        return self._plan_one(name, run=run, retry_of=original, first_session=first + 1)

    def _plan_one(
        self, name: str, *, run: str, retry_of: str | None, first_session: int
    ) -> PlannedScenario:
        member = SCENARIOS.get(name)
        numbers = count(first_session)
        draft = Draft(
            chance=child_random(self._seed, "scenario", run),
            tier=self._tier if retry_of is None else "smoke",
            behaviour=self._behaviour,
            next_session=lambda: next(numbers),
            forbidden=self._forbidden,
            broken=tuple(BROKEN_FRAMES),
            has_message_ids=self._has_message_ids,
        )
        is_shared = member.isolation == "session" and retry_of is None
        return PlannedScenario(
            run=run,
            lane=SHARED_LANE if is_shared else run.replace("~", "-retry-"),
            isolation=member.isolation if retry_of is None else "machine",
            plan=member.plan(draft),
            retry_of=retry_of,
        )


def _first_session(name: str) -> int:
    return SCENARIOS.names().index(SCENARIOS.get(name).name) * BLOCK + 1


def speech_s(plans: Sequence[ScenarioPlan]) -> float:
    """Return the seconds of speech that the longest session asks for, at the pace of each message.

    No run can be shorter, unless its messages are interrupted.
    """
    sessions = [session for plan in plans for session in plan.sessions]
    return max((_session_ms(session) for session in sessions), default=0.0) / 1000


def _session_ms(session: SessionPlan) -> float:
    spoken = [step for step in session.operations if isinstance(step, Speak)]
    return sum(_message_ms(step.text, step.upstream) for step in spoken)


def _message_ms(text: str, upstream: dict[str, Any]) -> float:
    pace = str(upstream.get("pace", "real-time"))
    faster = {"real-time": 1.0, "max": float("inf")}.get(pace) or float(pace.removesuffix("x"))
    audio_ms = float(upstream.get("ms_per_character", 0)) * len(text)
    return float(upstream.get("first_audio_ms", 0)) + audio_ms / faster


def operations_hash(plans: Sequence[ScenarioPlan]) -> str:
    """Return the SHA-256 over all operations of all sessions."""
    return _digest([plan.sessions for plan in plans])


def faults_hash(plans: Sequence[ScenarioPlan]) -> str:
    """Return the SHA-256 over the fault schedule."""
    return _digest([plan.faults for plan in plans])


def _digest(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()
