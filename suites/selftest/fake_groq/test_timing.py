"""The timing profiles have the figures that services were measured at."""

import random
from collections.abc import Iterator
from dataclasses import replace
from statistics import fmean
from typing import get_args

import pytest

from fake_groq.behaviour import DEFAULT_BEHAVIOUR, Behaviour, Timing
from fake_groq.timing import TIMINGS, Schedule, Speech, settled

DRAWS = 400


def drawn(profile: Timing, *, audio_s: float, characters: int = 100) -> Iterator[Schedule]:
    speech = Speech(characters=characters, audio_ms=1000 * audio_s)
    for seed in range(DRAWS):
        yield TIMINGS[profile](speech, random.Random(seed))


def of(profile: Timing, *, seed: int = 1, audio_ms: float = 2000) -> Behaviour:
    behaviour = replace(DEFAULT_BEHAVIOUR, timing=profile)
    return settled(behaviour, Speech(characters=100, audio_ms=audio_ms), random.Random(seed))


def test_english_takes_211_to_371_ms_for_3_to_4_s_of_audio_264_in_the_mean() -> None:
    whole = [
        one.whole_ms
        for audio_s in (2.7, 3.0, 3.3, 3.6, 4.4)
        for one in drawn("groq-english", audio_s=audio_s)
    ]
    assert min(whole) > 185
    assert max(whole) < 375
    assert fmean(whole) == pytest.approx(264, rel=0.05)


def test_arabic_takes_570_to_685_ms_for_2_4_s_of_audio() -> None:
    whole = [one.whole_ms for one in drawn("groq-arabic", audio_s=2.4)]
    assert min(whole) >= 565
    assert max(whole) <= 690
    assert max(whole) - min(whole) > 80


def test_paper_speaks_100_characters_a_second_and_begins_in_200_ms() -> None:
    for one in drawn("paper", audio_s=15, characters=200):
        assert one.first_audio_ms < 200
        assert one.whole_ms == 2000
        assert float(one.pace(15_000)[:-1]) == pytest.approx(
            15_000 / (2000 - one.first_audio_ms), rel=1e-3
        )


def test_a_queued_request_waits_12_to_27_s_for_its_headers() -> None:
    waits = [one.header_ms for one in drawn("queued", audio_s=3)]
    assert 12_000 < min(waits) < 13_000
    assert 26_000 < max(waits) < 27_200


def test_real_time_is_as_fast_as_it_is_heard_and_instant_at_once() -> None:
    assert of("real-time").speed == 1.0
    instant = of("instant")
    assert (instant.header_ms, instant.first_audio_ms, instant.speed) == (0, 0, None)


@pytest.mark.parametrize("profile", get_args(Timing))
def test_the_same_seed_draws_the_same(profile: Timing) -> None:
    assert of(profile) == of(profile)
    fixed = profile in ("real-time", "instant")
    assert (of(profile, seed=2) == of(profile)) == fixed
    assert (of(profile, audio_ms=0.0).speed or 1) > 0  # also for no audio at all


def test_without_a_profile_the_settings_stand() -> None:
    speech = Speech(characters=1, audio_ms=80)
    assert settled(DEFAULT_BEHAVIOUR, speech, random.Random(1)) is DEFAULT_BEHAVIOUR
