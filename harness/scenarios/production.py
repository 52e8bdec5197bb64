"""Many users who do not wait, on a provider that is not punctual; and the same without either.

The two scenarios share their code and differ in their constants alone: who interrupts, and by how
much the provider's audio is late. They are played only when they are named, since they are long
and what they are for is a rate (`voicecert compare`).
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.model.operations import Pause, SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions

ARRIVAL_MS = 150  # a user comes every so often; about thirty talk at the same time


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Who comes, and what the provider is like on that day.

    ``moods`` gives the share of those who interrupt; all others wait for the end signal. Each
    share is dealt exactly, so that chance decides who it is and when, but not how many.
    """

    standard: int
    smoke: int
    jitter_ms: float = 0
    first_audio_ms: tuple[float, float] = (120, 120)
    moods: dict[str, float] = field(default_factory=dict)

    def deal(self, count: int, chance: random.Random) -> list[str]:
        """Return the moods of so many users in the order in which they come."""
        moods = [mood for mood, share in self.moods.items() for _ in range(round(share * count))]
        moods += ["waits"] * (count - len(moods))
        chance.shuffle(moods)
        return moods


PRODUCTION = Crowd(
    standard=400,
    smoke=40,
    jitter_ms=500,
    first_audio_ms=(160, 280),
    moods={
        "answers into the tail": 0.32,
        "speaks over it": 0.06,
        "stops early": 0.05,
        "stops midway": 0.11,
        "stops in the tail": 0.135,
    },
)
DEVELOPMENT = Crowd(standard=300, smoke=20)


@scenario("production", isolation="sut", only_when_named=True)
def production(draft: Draft) -> Iterator[SessionPlan]:
    """Only when named. 400 users, two messages each: late audio, STOPs, answers too early."""
    yield from _visits(draft, PRODUCTION)


@scenario("development", isolation="sut", only_when_named=True)
def development(draft: Draft) -> Iterator[SessionPlan]:
    """Only when named. As production, but 300 users wait for the end and audio is on time."""
    yield from _visits(draft, DEVELOPMENT)


def _visits(draft: Draft, crowd: Crowd) -> Iterator[SessionPlan]:
    count = draft.many(standard=crowd.standard, smoke=crowd.smoke)
    moods = crowd.deal(count, draft.chance)

    def story(draft: Draft, script: Script, index: int) -> None:
        arrival_ms = (index + draft.chance.random()) * ARRIVAL_MS
        script.operations.insert(0, Pause(pause_ms=round(arrival_ms, 3)))
        _listen(draft.chance, script, crowd, moods[index])
        _speak_to_the_end(draft.chance, script, crowd)

    yield from sessions(draft, count, story)


def _listen(chance: random.Random, script: Script, crowd: Crowd, mood: str) -> None:
    """Speak the first message and hear as much of it as the mood of the user allows.

    What a player has buffered sounds on when the last audio has come: a user who speaks or stops
    in that tail does it some 100 ms after it, and before a relay that infers the end knows it.
    """
    audio_ms = chance.uniform(800, 1200)
    spoken = script.speak(
        audio_ms=audio_ms,
        first_audio_ms=chance.uniform(*crowd.first_audio_ms),
        jitter_ms=crowd.jitter_ms,
    )
    match mood:
        case "answers into the tail":
            script.await_audio(spoken, audio_ms=spoken.audio_ms)
            script.pause(chance.uniform(100, 450))
        case "speaks over it":
            script.await_audio(spoken, audio_ms=chance.uniform(0.2, 0.6) * audio_ms)
        case "stops early":
            script.pause(chance.uniform(0, 120))
            script.stop()
            script.pause(chance.uniform(300, 800))
        case "stops midway":
            script.await_audio(spoken, audio_ms=chance.uniform(0.2, 0.6) * audio_ms)
            script.stop()
            script.pause(chance.uniform(300, 800))
        case "stops in the tail":
            script.await_audio(spoken, audio_ms=spoken.audio_ms)
            script.pause(chance.uniform(80, 400))
            script.stop()
            script.pause(chance.uniform(300, 800))
        case _:
            script.await_end(spoken)
            script.pause(chance.uniform(200, 700))


def _speak_to_the_end(chance: random.Random, script: Script, crowd: Crowd) -> None:
    spoken = script.speak(
        audio_ms=chance.uniform(800, 1200),
        first_audio_ms=chance.uniform(*crowd.first_audio_ms),
        jitter_ms=crowd.jitter_ms,
    )
    script.await_end(spoken)
