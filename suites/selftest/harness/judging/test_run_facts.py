"""What only the whole run shows."""

from harness.judging.environment import Environments
from harness.judging.judge import Judge
from harness.judging.run_facts import ROWS_MAX, RunFacts
from harness.model.run_view import ResourceSeries, StopTimes
from harness.model.units import ms
from harness.model.views import Phase
from suites.selftest.harness.judged import manifest, told
from suites.selftest.harness.story import BEGIN_MS, Story
from suites.selftest.harness.wide_story import WideStory


def resources(story: Story) -> ResourceSeries:
    facts = RunFacts(Environments(cpu_count=2))
    for event in told(story):
        if event.kind in facts.handlers:
            facts.handlers[event.kind](event)
    (series,) = facts.view.resources
    return series


def stops(story: Story) -> list[StopTimes]:
    judge = Judge(manifest())
    for event in told(story):
        judge.feed(event)
    judge.judgement()
    return judge._run_facts.view.stops


def test_a_row_says_how_much_was_done_and_how_many_sessions_were_open() -> None:
    story = WideStory(sessions=(1, 2)).holds(-10, tasks=3).voiced(0).holds(400, tasks=5)
    story.voiced(500).leave(900).holds(1000, tasks=4)
    rows = resources(story).rows
    assert [(row.messages, row.sessions, row.open, row.held["tasks"]) for row in rows] == [
        (0, 0, 2, 3),
        (1, 0, 2, 5),
        (2, 1, 1, 4),
    ]


def test_the_busiest_session_is_known() -> None:
    story = WideStory(sessions=(1, 2)).voiced(0).voiced(500, message=2).voiced(0, session=2)
    assert resources(story.processes(2000)).spoken_most == 2


def test_what_hook_and_process_table_both_count_keeps_both_names() -> None:
    held = resources(WideStory().holds(0, sockets=4)).rows[0].held
    assert (held["sockets"], held["sockets of the hook"]) == (0, 4)


def test_a_long_lane_keeps_every_second_row_of_its_past() -> None:
    story = WideStory()
    for number in range(ROWS_MAX + 1):
        story.processes(number)
    assert len(resources(story).rows) == ROWS_MAX // 2 + 1


def test_a_stop_has_the_times_of_its_release_and_its_end() -> None:
    (stop,) = stops(Story().stopped(0, 300).leave(1000))
    assert (stop.phase, stop.audio_ns) == (Phase.STREAMING, None)
    assert ms(stop.released_ns) - BEGIN_MS == 302
    assert ms(stop.end_ns) - BEGIN_MS == 303


def test_audio_counts_only_when_stop_has_reached_the_sut() -> None:
    story = Story().begun(0, 300).stop(300).heard(301, first_frame=3).heard(340, first_frame=4)
    (stop,) = stops(story.let_go(341).end(345, reason="stopped").leave(1000))
    assert stop.audio_ns is not None
    assert ms(stop.audio_ns) - BEGIN_MS == 340


def test_what_the_world_may_have_shifted_is_noted() -> None:
    (stop,) = stops(Story().stopped(0, 300).lag(310, 40).leave(1000))
    assert stop.excuse_ms == 40


def test_a_stream_that_ended_by_itself_was_not_stopped() -> None:
    story = Story().begun(0, 300).stop(300).ended(301).let_go(302)
    assert stops(story.end(303, reason="stopped").leave(1000)) == []


def test_under_a_fault_and_beside_a_supersede_no_order_is_known() -> None:
    fault = Story().stopped(0, 300).fault(0, 900, name="network_latency", link="upstream")
    assert stops(fault.leave(1000)) == []
    assert stops(Story().stopped(0, 300).speak(301, 2).leave(4000)) == []


def test_a_sut_that_kept_the_machine_busy_itself_shows_no_order() -> None:
    busy = Story().stopped(0, 300).processes(400, cpu_ms=450, window_ms=250)
    assert stops(busy.leave(1000)) == []
