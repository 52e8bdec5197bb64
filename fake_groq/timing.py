"""Timing profiles: how fast services were seen to answer, each a distribution. Pure.

A profile settles three settings of a stream anew: `header_ms`, `first_audio_ms` and `pace`. Lengths
are those of the whole request, so the pace follows from what is left after the first audio.

    groq-english  211 to 371 ms, 264 in the mean, for 2.7 to 4.4 s of audio
    groq-arabic   570 to 685 ms for 2.4 s of audio, from 460 for 1.4 s
    paper         100 characters a second, the first byte in less than 200 ms: what is advertised
    queued        12 to 27 s before the headers: what a rate-limited call was seen to do
    real-time     as fast as it is heard
    instant       at once
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from fake_groq.behaviour import SPEED_MAX, Behaviour, Timing

LEAST_BODY_MS: Final = 20.0  # from the first audio to the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When headers, first and last audio come, in ms after the request."""

    header_ms: float
    first_audio_ms: float
    whole_ms: float

    def pace(self, audio_ms: float) -> str:
        """Return the pace at which audio of this length is over in time."""
        left_ms = self.whole_ms - self.first_audio_ms
        if not left_ms:
            return "max"
        speed = audio_ms / max(left_ms, LEAST_BODY_MS)
        return f"{min(max(speed, 0.001), SPEED_MAX):.3f}x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """What is spoken: so many characters, for so long."""

    characters: int
    audio_ms: float


def settled(behaviour: Behaviour, speech: Speech, chance: random.Random) -> Behaviour:
    """Return a behaviour whose timing profile, if it has one, is drawn into its settings."""
    if behaviour.timing is None:
        return behaviour
    schedule = TIMINGS[behaviour.timing](speech, chance)
    return replace(
        behaviour,
        header_ms=schedule.header_ms,
        first_audio_ms=schedule.first_audio_ms,
        pace=schedule.pace(speech.audio_ms),
    )


def _groq_english(speech: Speech, chance: random.Random) -> Schedule:
    header_ms = chance.uniform(90, 140)
    first_audio_ms = header_ms + chance.uniform(20, 60)
    whole_ms = 15 + speech.audio_ms * chance.uniform(0.0645, 0.081)
    return Schedule(header_ms=header_ms, first_audio_ms=first_audio_ms, whole_ms=whole_ms)


def _groq_arabic(speech: Speech, chance: random.Random) -> Schedule:
    header_ms = chance.uniform(220, 280)
    whole_ms = 236 + 0.16 * speech.audio_ms + chance.uniform(-50, 65)
    return Schedule(header_ms=header_ms, first_audio_ms=header_ms + 40, whole_ms=whole_ms)


def _paper(speech: Speech, chance: random.Random) -> Schedule:
    header_ms = chance.uniform(60, 120)
    first_audio_ms = header_ms + chance.uniform(20, 70)
    whole_ms = max(10.0 * speech.characters, first_audio_ms)
    return Schedule(header_ms=header_ms, first_audio_ms=first_audio_ms, whole_ms=whole_ms)


def _queued(speech: Speech, chance: random.Random) -> Schedule:
    waited_ms = chance.uniform(12_000, 27_000)
    quick = _groq_english(speech, chance)
    return Schedule(
        header_ms=waited_ms + quick.header_ms,
        first_audio_ms=waited_ms + quick.first_audio_ms,
        whole_ms=waited_ms + quick.whole_ms,
    )


def _real_time(speech: Speech, _chance: random.Random) -> Schedule:
    return Schedule(header_ms=60, first_audio_ms=120, whole_ms=120 + speech.audio_ms)


def _instant(_speech: Speech, _chance: random.Random) -> Schedule:
    return Schedule(header_ms=0, first_audio_ms=0, whole_ms=0)


TIMINGS: Final[dict[Timing, Callable[[Speech, random.Random], Schedule]]] = {
    "groq-english": _groq_english,
    "groq-arabic": _groq_arabic,
    "paper": _paper,
    "queued": _queued,
    "real-time": _real_time,
    "instant": _instant,
}
