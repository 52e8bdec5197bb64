"""The crowd of `production`, and the one of `development` that waits."""

import itertools
import random
from collections import Counter

import pytest

from harness.model.operations import Pause, ScenarioPlan, Speak, Stop
from harness.model.target import Behaviour
from harness.scenarios.base import SCENARIOS, Draft, certifying
from harness.scenarios.production import PRODUCTION, Crowd


def planned(name: str, *, tier: str = "standard", seed: int = 1) -> ScenarioPlan:
    numbers = itertools.count(1)
    return SCENARIOS.get(name).plan(
        Draft(
            chance=random.Random(seed),
            tier=tier,
            behaviour=Behaviour(),
            next_session=lambda: next(numbers),
        )
    )


def upstreams(plan: ScenarioPlan) -> list[dict[str, object]]:
    return [op.upstream for s in plan.sessions for op in s.operations if isinstance(op, Speak)]


def test_neither_is_part_of_a_certification() -> None:
    assert {"production", "development"}.isdisjoint(certifying())
    assert "happy_path" in certifying()


def test_four_hundred_users_say_two_messages_each() -> None:
    plan = planned("production")
    assert len(plan.sessions) == 400
    assert len(upstreams(plan)) == 800


def test_users_come_one_after_the_other() -> None:
    arrivals = [session.operations[0] for session in planned("production").sessions]
    times = [first.pause_ms for first in arrivals if isinstance(first, Pause)]
    assert times == sorted(times)
    assert len(times) == 400


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_as_many_are_of_each_mood_whatever_the_seed(seed: int) -> None:
    dealt = Counter(PRODUCTION.deal(400, random.Random(seed)))
    assert dealt.pop("waits") > 0
    assert dealt == {mood: round(400 * share) for mood, share in PRODUCTION.moods.items()}
    stops = [o for s in planned("production", seed=seed).sessions for o in s.operations]
    assert sum(isinstance(one, Stop) for one in stops) == sum(
        amount for mood, amount in dealt.items() if mood.startswith("stops")
    )


def test_in_development_nobody_interrupts_and_the_audio_comes_on_time() -> None:
    plan = planned("development")
    assert not any(isinstance(op, Stop) for s in plan.sessions for op in s.operations)
    assert {up.get("jitter_ms", 0) for up in upstreams(plan)} == {0}
    assert {up["first_audio_ms"] for up in upstreams(plan)} == {120}
    assert {up["jitter_ms"] for up in upstreams(planned("production"))} == {500}


def test_a_crowd_without_moods_waits() -> None:
    assert Crowd(standard=3, smoke=3).deal(3, random.Random(1)) == ["waits"] * 3
