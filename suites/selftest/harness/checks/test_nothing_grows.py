"""OWN-4 by series of looks."""

import random
from collections.abc import Callable

import pytest

from harness.checks.base import CHECKS
from harness.model.run_view import ResourceRow, ResourceSeries, RunView
from harness.model.verdict import Exposure, Finding, Unjudged, Verdict
from suites.selftest.harness.judged import judged_by
from suites.selftest.harness.wide_story import WideStory

RULE = "OWN-4"
Held = Callable[[int], float]


def speaking(held: Held, *, count: int = 400, per_row: int = 4, name: str = "sockets") -> RunView:
    """One session that speaks ``count`` messages, looked at every few of them."""
    rows = [
        ResourceRow(at_ns=at, messages=at, sessions=0, open=1, held={name: held(at)})
        for at in range(0, count + 1, per_row)
    ]
    return RunView(resources=[ResourceSeries(lane="lane", rows=rows, spoken_most=count)])


def visiting(held: Callable[[int, int], float], *, count: int = 200, most: int = 2) -> RunView:
    """Sessions that come and go; ``held`` is given how many have gone and how many are there."""
    chance = random.Random(1)
    rows = []
    for at in range(0, count + 1, 2):
        here = chance.randint(0, most)
        value = held(at, here)
        rows.append(
            ResourceRow(at_ns=at, messages=at, sessions=at, open=here, held={"sockets": value})
        )
    return RunView(resources=[ResourceSeries(lane="lane", rows=rows, spoken_most=1)])


def outcomes(run: RunView) -> list[Finding | Exposure | Unjudged]:
    check = CHECKS.get(RULE)
    return list(check.judge(run, check.limits))


def sentences(run: RunView) -> list[str]:
    return [one.sentence for one in outcomes(run) if isinstance(one, Finding)]


def exposed(run: RunView) -> set[str]:
    return {one.category for one in outcomes(run) if isinstance(one, Exposure)}


def texts(run: RunView) -> str:
    return " ".join(one.text for one in outcomes(run) if isinstance(one, Unjudged))


def in_flight(at: int) -> int:
    return random.Random(at).randint(0, 2)


def test_what_stays_level_passes() -> None:
    run = speaking(lambda _: 5)
    assert sentences(run) == []
    assert exposed(run) == {"messages"}


def test_what_is_merely_in_flight_has_not_leaked() -> None:
    run = speaking(lambda at: 5 + in_flight(at))
    assert sentences(run) == []
    assert "messages" in exposed(run)


@pytest.mark.parametrize("offset", range(0, 50, 7))
def test_one_socket_in_fifty_messages_is_found(offset: int) -> None:
    run = speaking(lambda at: 5 + in_flight(at) + (at + offset) // 50)
    assert len(sentences(run)) == 1


@pytest.mark.parametrize("per_message", [1, 3])
def test_one_per_message_is_found_with_25_messages_already(per_message: int) -> None:
    run = speaking(lambda at: 5 + per_message * at, count=25, per_row=2, name="timers")
    assert len(sentences(run)) == 1


@pytest.mark.parametrize(("per_100", "count"), [(0.0, 0), (0.9, 0), (1.0, 0), (1.1, 1)])
def test_more_than_one_in_a_hundred_is_a_leak(per_100: float, count: int) -> None:
    assert len(sentences(speaking(lambda at: 5 + per_100 * at / 100))) == count


def test_the_sentence_says_how_much_grew_over_what() -> None:
    (sentence,) = sentences(speaking(lambda at: 5 + at, name="listeners"))
    assert sentence == (
        "listeners of lane lane grew by 100.0 per 100 messages (95 % interval 100.0 to 100.0), from"
        " 105 to 393 over 400 messages. Limit: 1.0."
    )


def test_twenty_kilobytes_a_message_are_found_although_the_heap_takes_the_first_of_them() -> None:
    leaky = speaking(lambda at: 42e6 + max(0, at - 70) * 20_480, name="rss_bytes")
    (sentence,) = sentences(leaky)
    assert sentence == (
        "rss_bytes of lane lane grew by 2048 kB per 100 messages (95 % interval 2048 to 2048), from"
        " 42614 to 48513 kB over 400 messages. Limit: 1000 kB."
    )


def test_a_heap_that_fills_to_its_size_passes() -> None:
    run = speaking(lambda at: 42e6 + min(at, 150) * 20_480, name="rss_bytes")
    assert sentences(run) == []


def test_a_pool_that_fills_up_late_is_no_leak_and_more_messages_are_asked_for() -> None:
    run = speaking(lambda at: min(at, 250) // 5)
    assert sentences(run) == []
    assert "too few to be sure of sockets; 800 would be enough" in texts(run)


def test_a_thread_that_is_started_once_on_the_way_passes() -> None:
    run = speaking(lambda at: 4 + (at > 230), name="threads")
    assert sentences(run) == []
    assert exposed(run) == {"messages"}


def test_a_hundred_messages_that_flicker_are_too_few() -> None:
    run = speaking(in_flight, count=100)
    assert sentences(run) == []
    assert "100 messages on one session: too few" in texts(run)


def test_a_short_lane_that_flickers_shows_that_nothing_is_lost_in_every_message() -> None:
    run = speaking(lambda at: 5 + in_flight(at) % 2, count=25, per_row=2)
    assert sentences(run) == []
    assert exposed(run) == {"messages"}


def test_memory_is_not_judged_by_a_hundred_messages() -> None:
    run = speaking(lambda at: 42e6 + at * 20_480, count=100, name="rss_bytes")
    assert sentences(run) == []
    assert "100 messages on one session: too few to be sure of memory; 400 would" in texts(run)


def test_a_session_that_leaves_its_socket_behind_is_found() -> None:
    run = visiting(lambda gone, here: 3 + 2 * here + gone)
    assert len(sentences(run)) == 1
    assert "per 100 sessions" in sentences(run)[0]


def test_sessions_that_overlap_more_towards_the_end_are_no_leak() -> None:
    def held(gone: int, here: int) -> float:
        return 3 + 2 * here

    run = visiting(held)
    for row in run.resources[0].rows[60:]:
        row.held["sockets"] += 2 * (row.open > 0)
    assert sentences(run) == []
    assert "sessions" in exposed(run)


def test_where_a_lane_rests_between_its_waves_only_rests_count() -> None:
    rows = []
    for at in range(201):
        here = (10 - at % 10) % 10 % 5
        held = {"sockets": 3 + here * (1 + at / 20)}
        rows.append(ResourceRow(at_ns=at, messages=at, sessions=at, open=here, held=held))
    resting = RunView(resources=[ResourceSeries(lane="lane", rows=rows)])
    assert sentences(resting) == []
    assert "sessions" in exposed(resting)


def test_forty_sessions_at_once_are_no_baseline() -> None:
    run = visiting(lambda gone, here: gone + here, most=2)
    rows = [
        ResourceRow(at_ns=row.at_ns, messages=0, sessions=row.sessions, open=30, held=row.held)
        for row in run.resources[0].rows
    ]
    crowded = RunView(resources=[ResourceSeries(lane="lane", rows=rows)])
    assert sentences(crowded) == []
    assert exposed(crowded) == set()


def test_one_lane_that_can_be_judged_is_as_good_as_two() -> None:
    short, whole = speaking(in_flight, count=24), speaking(lambda _: 5)
    both = RunView(resources=[*short.resources, *whole.resources])
    assert exposed(both) == {"messages"}
    assert "24 messages" not in texts(both)


def test_a_run_without_looks_says_what_would_be_enough() -> None:
    verdict = judged_by(RULE, WideStory().voiced(0).leave(900))
    assert verdict.verdict is Verdict.INCONCLUSIVE
    assert verdict.why.startswith("not_exercised: 0 of 20 in all")
    assert verdict.why.endswith("too few to be sure of the counts; 400 would be enough")


def lane(held: Held, *, count: int = 60) -> WideStory:
    story = WideStory()
    for number in range(count):
        story.voiced(500 * number, message=number + 1).holds(500 * number + 450, tasks=held(number))
    return story.leave(500 * count + 600)


def test_what_the_hook_counts_is_judged_like_what_the_process_table_says() -> None:
    leaky = judged_by(RULE, lane(lambda number: 3 + number), vantages="CUPH")
    assert leaky.verdict is Verdict.FAIL
    assert "tasks of lane lane grew by 100.0" in leaky.findings[0].sentence
    good = judged_by(RULE, lane(lambda number: 3), vantages="CUPH")
    assert (good.verdict, good.exposures_by) == (Verdict.PASS, {"messages": 60})


def test_without_a_process_tree_nothing_can_be_said() -> None:
    assert judged_by(RULE, lane(lambda _: 3), vantages="CU").verdict is Verdict.NOT_OBSERVABLE
