"""What a run will play, before anything is started."""

import itertools

import pytest

from harness.engine.schedule import BLOCK, RETRY_BLOCK, SHARED_LANE, Scheduler, speech_s
from harness.model import operations as op
from harness.model.target import Behaviour
from harness.scenarios.base import SCENARIOS

NAMES = SCENARIOS.names()


def a_scheduler(tier: str = "smoke") -> Scheduler:
    return Scheduler(seed=3, tier=tier, behaviour=Behaviour())


def speak(message: int, **upstream: object) -> op.Speak:
    return op.Speak(message=message, text="ten signs.", upstream=upstream)


def a_plan(*sessions: tuple[op.Speak, ...]) -> op.ScenarioPlan:
    plans = [
        op.SessionPlan(session=number, operations=operations)
        for number, operations in enumerate(sessions, 1)
    ]
    return op.ScenarioPlan(scenario="happy_path", sessions=tuple(plans))


@pytest.mark.parametrize("name", NAMES)
def test_the_sessions_of_a_scenario_fit_its_block_of_numbers(name: str) -> None:
    (item,) = a_scheduler("full").plan([name])
    assert len(item.plan.sessions) <= BLOCK
    again = a_scheduler("full").retry(name, original=name, attempt=1)
    assert len(again.plan.sessions) <= RETRY_BLOCK


def test_retries_have_numbers_of_their_own() -> None:
    scheduler = a_scheduler()
    items = [*scheduler.plan(NAMES)]
    items += [scheduler.retry(name, original=name, attempt=1) for name in NAMES]
    numbers = [session.session for item in items for session in item.plan.sessions]
    assert len(numbers) == len(set(numbers))


def test_a_retry_is_played_alone_in_a_lane_of_its_own() -> None:
    scheduler = a_scheduler()
    (item,) = scheduler.plan(["random_stop"])
    assert (item.lane, item.isolation, item.retry_of) == (SHARED_LANE, "session", None)
    again = scheduler.retry("random_stop", original="random_stop", attempt=2)
    assert (again.run, again.lane) == ("random_stop~2", "random_stop-retry-2")
    assert (again.isolation, again.retry_of) == ("machine", "random_stop")


def test_a_scenario_that_needs_the_sut_for_itself_has_a_lane_of_its_own() -> None:
    lanes = [item.lane for item in a_scheduler().plan(NAMES) if item.isolation != "session"]
    assert SHARED_LANE not in lanes
    assert len(set(lanes)) == len(lanes)


def test_the_speech_of_the_longest_session_is_what_a_run_takes_at_least() -> None:
    two = (
        speak(1, ms_per_character=100, first_audio_ms=500),
        speak(2, ms_per_character=100, pace="4x"),
    )
    one = (speak(1, ms_per_character=60),)
    assert speech_s([a_plan(one, two), a_plan(one)]) == pytest.approx(1.5 + 0.25)
    assert speech_s([]) == 0


def test_speech_that_comes_at_once_takes_only_its_wait() -> None:
    assert speech_s([a_plan((speak(1, ms_per_character=100, pace="max", first_audio_ms=80),))]) == (
        pytest.approx(0.08)
    )


def test_chance_does_not_come_from_what_was_planned_before() -> None:
    first, second = ([*a_scheduler().plan(names)] for names in (NAMES, NAMES[::-1]))
    by_name = {item.run: item.plan for item in second}
    assert all(by_name[item.run] == item.plan for item in first)
    assert not any(a == b for a, b in itertools.pairwise(item.plan for item in first))
