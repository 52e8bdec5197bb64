"""The contract of a scenario, and the words in which scenarios are written."""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from fake_groq.identity import message_text
from harness.model import operations as op
from harness.model.registry import Registry
from harness.model.target import Behaviour

Isolation = Literal["session", "sut", "machine"]
FRAME_MS = 80
FIRST_AUDIO_MS = 120
STALL_MS = 600


@dataclass(slots=True, kw_only=True)
class Draft:
    """What a scenario is made with: chance from the seed, session numbers, the tier, the target.

    ``forbidden`` are the kinds of input that its protocol forbids, ``broken`` those that break
    WebSocket itself.
    """

    chance: random.Random
    tier: str
    behaviour: Behaviour
    next_session: Callable[[], int]
    forbidden: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    has_message_ids: bool = True

    def many(self, *, standard: int, smoke: int) -> int:
        """Return a count by tier; a full run is twice a standard one."""
        return smoke if self.tier == "smoke" else standard * (1 + (self.tier == "full"))


@dataclass(slots=True)
class Script:
    """The operations of one session while they are written down."""

    draft: Draft
    session: int
    operations: list[op.AnyOperation] = field(default_factory=lambda: [op.Connect()])
    messages: int = 0
    user: str | None = None
    is_direct: bool = False

    def connect_after(self, pause_ms: float) -> None:
        """Wait before the client connects; to be written first."""
        self.operations.insert(0, op.Pause(pause_ms=round(pause_ms, 3)))

    def speak(
        self,
        *,
        audio_ms: float = 1200,
        pace: str = "real-time",
        first_audio_ms: float = FIRST_AUDIO_MS,
        jitter_ms: float = 0,
        sentences: int = 1,
        pauses: tuple[tuple[float, float], ...] = (),
        fault: dict[str, Any] | None = None,
    ) -> "Spoken":
        """Ask for a message whose speech lasts about ``audio_ms``; returns what it will be."""
        self.messages += 1
        text = message_text(self.session, self.messages, sentences=sentences, rng=self.draft.chance)
        per_character = round(audio_ms / len(text), 4)
        frames = math.ceil(per_character * len(text) / FRAME_MS)
        upstream: dict[str, Any] = {
            "pace": pace,
            "first_audio_ms": round(first_audio_ms),
            "ms_per_character": per_character,
            "after_marker": "stay",
        }
        if jitter_ms:
            upstream["jitter_ms"] = jitter_ms
        if pauses:
            upstream["pauses"] = [[round(at_ms), round(length_ms)] for at_ms, length_ms in pauses]
        if fault is not None:
            upstream["faults"] = [fault]
        operation = op.Speak(message=self.messages, text=text, upstream=upstream)
        self.operations.append(operation)
        return Spoken(
            message=self.messages, audio_ms=frames * FRAME_MS, first_audio_ms=first_audio_ms
        )

    def await_end(self, spoken: "Spoken") -> None:
        """Wait for the end signal for as long as any right platform may take, and then some."""
        budget_ms = self.draft.behaviour.longest_silence_ms
        deadline_ms = spoken.first_audio_ms + spoken.audio_ms + budget_ms + 4000
        self.operations.append(op.AwaitEnd(message=spoken.message, deadline_ms=deadline_ms))

    def await_audio(self, spoken: "Spoken", *, audio_ms: float = 1) -> None:
        """Wait until so much of the message has been heard."""
        deadline_ms = spoken.first_audio_ms + spoken.audio_ms + 4000
        self.operations.append(
            op.AwaitAudio(message=spoken.message, audio_ms=audio_ms, deadline_ms=deadline_ms)
        )

    def pause(self, pause_ms: float) -> None:
        """Do nothing for a while, but read."""
        self.operations.append(op.Pause(pause_ms=round(max(0.0, pause_ms), 3)))

    def stop(self) -> None:
        """Send STOP."""
        self.operations.append(op.Stop())

    def speak_again(self, spoken: "Spoken") -> None:
        """Send the very same speak once more, its id too."""
        same = (o for o in self.operations if isinstance(o, op.Speak))
        self.operations.append(next(o for o in same if o.message == spoken.message))

    def call_cleanup(self, *, at_once: bool = False) -> None:
        """Call the cleanup hook three times."""
        self.operations.append(op.CallCleanup(times=3, at_once=at_once))

    def send_invalid(self, kind: str) -> None:
        """Send something forbidden, and wait for what comes of it."""
        self.operations.append(op.SendInvalid(kind=kind))

    def disconnect(self, how: str, *, hold_ms: float = 0) -> None:
        """Leave: close, fin, rst, or vanish and half_open, which are held for a while."""
        self.operations.append(op.Disconnect(how=how, hold_ms=round(hold_ms)))

    def barrier(self, name: str, deadline_ms: float = 15_000) -> None:
        """Wait for all other sessions of the scenario."""
        self.operations.append(op.Barrier(name=name, deadline_ms=deadline_ms))

    def plan(self) -> op.SessionPlan:
        """Return the finished session."""
        return op.SessionPlan(
            session=self.session,
            operations=tuple(self.operations),
            user=self.user,
            is_direct=self.is_direct,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A message that was asked for: its number, and how long it will sound, in ms."""

    message: int
    audio_ms: float
    first_audio_ms: float


Story = Callable[[Draft, Script, int], None]
Build = Callable[[Draft], Iterator[op.SessionPlan]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario: its sessions from a draft, and the faults that disturb them.

    One that is played ``only_when_named`` is no part of a certification.
    """

    name: str
    summary: str
    isolation: Isolation
    build: Build
    faults: Callable[[Draft], tuple[op.FaultPlan, ...]]
    only_when_named: bool = False

    def plan(self, draft: Draft) -> op.ScenarioPlan:
        """Return the scenario made concrete."""
        sessions = tuple(self.build(draft))
        return op.ScenarioPlan(scenario=self.name, sessions=sessions, faults=self.faults(draft))


SCENARIOS: Registry[Scenario] = Registry("harness.scenarios", "scenario")


def certifying() -> tuple[str, ...]:
    """Return the names of the scenarios that make up a certification."""
    return tuple(member.name for member in SCENARIOS if not member.only_when_named)


def no_faults(_draft: Draft) -> tuple[op.FaultPlan, ...]:
    """Return the empty schedule."""
    return ()


def scenario(
    name: str,
    *,
    isolation: Isolation = "session",
    faults: Callable[[Draft], tuple[op.FaultPlan, ...]] = no_faults,
    only_when_named: bool = False,
) -> Callable[[Build], Build]:
    """Register the decorated generator of session plans as a scenario."""

    def register(build: Build) -> Build:
        summary = (build.__doc__ or name).strip().splitlines()[0]
        member = Scenario(
            name=name,
            summary=summary,
            isolation=isolation,
            build=build,
            faults=faults,
            only_when_named=only_when_named,
        )
        SCENARIOS.register(name, member, module=build.__module__)
        return build

    return register


def sessions(draft: Draft, count: int, story: Story) -> Iterator[op.SessionPlan]:
    """Yield ``count`` sessions, each written by ``story(draft, script, index)``."""
    for index in range(count):
        script = Script(draft, draft.next_session())
        story(draft, script, index)
        yield script.plan()


def always(fault: str, link: str, **parameters: float) -> tuple[op.FaultPlan, ...]:
    """Return a schedule of one fault that lasts for the whole scenario."""
    plan = op.FaultPlan(fault=fault, link=link, start_ms=0, duration_ms=None, parameters=parameters)
    return (plan,)


def stalled_now_and_then(link: str) -> Callable[[Draft], tuple[op.FaultPlan, ...]]:
    """Return the schedule of three stalls of the link, each in the middle of a message."""

    def schedule(draft: Draft) -> tuple[op.FaultPlan, ...]:
        starts_ms = [draft.chance.uniform(700, 1100) + turn * 2600 for turn in range(3)]
        return now_and_then("network_stall", link, starts_ms=starts_ms, duration_ms=STALL_MS)

    return schedule


def long_messages(draft: Draft) -> Iterator[op.SessionPlan]:
    """Yield sessions whose messages last about two seconds, long enough to be disturbed."""

    def story(draft: Draft, script: Script, _index: int) -> None:
        for _ in range(draft.many(standard=3, smoke=2)):
            script.await_end(script.speak(audio_ms=draft.chance.uniform(1700, 2100)))

    yield from sessions(draft, draft.many(standard=3, smoke=2), story)


def now_and_then(
    fault: str, link: str, *, starts_ms: list[float], duration_ms: float
) -> tuple[op.FaultPlan, ...]:
    """Return a schedule of windows of one fault."""
    return tuple(
        op.FaultPlan(
            fault=fault,
            link=link,
            start_ms=round(start_ms, 3),
            duration_ms=duration_ms,
            parameters={"duration_ms": duration_ms},
        )
        for start_ms in starts_ms
    )
