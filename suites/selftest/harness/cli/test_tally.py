"""What a comparison counts in the record of a run."""

from pathlib import Path

import pytest

from harness.cli.tally import SAMPLES, Connections, tally
from harness.model.errors import UsageError
from suites.selftest.harness.judged import recorded, told
from suites.selftest.harness.story import UPSTREAM, Story

SCENARIO = "production"


def stuck(story: Story, session: int) -> Story:
    """A message of the session that is stuck: the client waited and no end signal came."""
    return (
        story.speak(0, session=session)
        .start(5, session=session)
        .stop(500, session=session)
        .leave(4000, session=session)
    )


def a_socket(story: Story, number: int, from_ms: float, until_ms: float | None, kind: str) -> None:
    story.event(from_ms, UPSTREAM, "socket_opened", {"socket": number})
    story.event(from_ms + 1, UPSTREAM, "socket_named", {"socket": number, "profile": kind})
    if until_ms is not None:
        story.event(until_ms, UPSTREAM, "socket_closed", {"socket": number})


def ended(story: Story, at_ms: float, run: str = SCENARIO) -> Story:
    return story.event(at_ms, "runner", "scenario_ended", {"run": run})


def test_a_session_counts_once_for_a_symptom_and_all_of_the_scenario_are_the_total(
    tmp_path: Path,
) -> None:
    story = Story(scenario=SCENARIO, sessions=(1, 2, 3))
    ended(stuck(stuck(story, 1), 2), 5000)
    _, judgement, counted = tally(recorded(tmp_path / "run", story), scenario=SCENARIO)
    assert counted.sessions == 3
    assert counted.shown["stuck in 'speaking'"] == {"s1", "s2"}
    assert counted.shown["STOP unreliable"] == {"s1", "s2"}
    assert judgement.exit_code == 1


def test_a_retry_and_another_scenario_do_not_count(tmp_path: Path) -> None:
    story = ended(stuck(Story(scenario=SCENARIO), 1), 5000)
    again = Story(scenario=SCENARIO, run=f"{SCENARIO}~1", sessions=(7,), retry_of=SCENARIO)
    other = Story(scenario="random_stop", sessions=(9,))
    folder = recorded(tmp_path / "run", story, stuck(again, 7), stuck(other, 9))
    counted = tally(folder, scenario=SCENARIO)[2]
    assert counted.sessions == 1
    assert counted.shown["stuck in 'speaking'"] == {"s1"}


def test_a_run_without_the_scenario_is_named_as_such(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "run", Story(scenario="random_stop"))
    with pytest.raises(UsageError, match="holds no run of 'production'"):
        tally(folder, scenario=SCENARIO)


def connections(story: Story) -> tuple[tuple[float, int], ...]:
    counter = Connections(scenario=SCENARIO)
    for event in told(story):
        counter.feed(event)
    return counter.series()


def test_connections_are_counted_from_the_start_of_the_scenario_to_its_end() -> None:
    story = Story(scenario=SCENARIO)  # begins at -100 ms
    a_socket(story, 1, 400, None, "ws")
    a_socket(story, 2, 400, 650, "http")
    a_socket(story, 3, 5000, None, "ws")  # of a retry, afterwards
    series = connections(ended(story, 900))
    assert len(series) == SAMPLES + 1
    assert (series[0], series[-1]) == ((0.0, 0), (1.0, 1))
    assert max(amount for _, amount in series) == 2


def test_the_connections_of_the_harness_itself_do_not_count() -> None:
    story = Story(scenario=SCENARIO)
    a_socket(story, 1, 100, None, "control")
    story.event(100, UPSTREAM, "socket_opened", {"socket": 2})  # never said what it was for
    assert {amount for _, amount in connections(ended(story, 900))} == {0}
