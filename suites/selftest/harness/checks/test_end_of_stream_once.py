"""EOS-1 by stories."""

import pytest

from suites.selftest.harness.judged import all_findings, exposures, finding, findings, unjudged
from suites.selftest.harness.story import Story
from suites.selftest.harness.wide_story import WideStory

RULE = "EOS-1"


def an_unended_message() -> Story:
    """Spoken to its end, upstream and audio, at 351 ms; but the SUT never says so."""
    return (
        Story().speak(0).start(3).opened(5).sent(100, 3).heard(101, 3).ended(350).socket_closed(351)
    )


def test_one_end_signal_passes() -> None:
    story = Story().voiced(0).leave(1000)
    assert all_findings(story) == {}
    assert exposures(RULE, story) == {"ended": 1}


def test_two_end_signals_fail() -> None:
    story = Story().stopped(0, 240).end(246, reason="completed").leave(1000)
    assert finding(RULE, story) == (
        'message m1 of s1 got 2 end signals, 3 ms apart: "stopped", then "completed".'
        " Expected exactly 1."
    )


def test_a_forgotten_timer_that_ends_the_message_again_after_the_quiet_time_fails() -> None:
    story = Story().voiced(0).end(2200, reason="timeout").voiced(2400, message=2).leave(4000)
    assert len(findings(RULE, story)) == 1
    assert "1840 ms apart" in findings(RULE, story)[0]


def test_no_end_signal_fails_once_the_client_had_stayed_for_a_second_and_the_quiet_time() -> None:
    assert finding(RULE, an_unended_message().leave(1851)) == (
        "message m1 of s1 got no end signal within 1501 ms of the upstream's end."
        " Expected exactly 1."
    )


def test_a_client_that_leaves_within_the_quiet_time_may_miss_it() -> None:
    story = an_unended_message().leave(1850)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"client left": 1}


def test_no_end_signal_fails_after_stop() -> None:
    story = Story().begun(0, 300).stop(300).let_go(303).leave(1900)
    assert finding(RULE, story) == (
        "message m1 of s1 got no end signal within 1598 ms of STOP. Expected exactly 1."
    )


@pytest.mark.parametrize(("left_ms", "count"), [(2180, 0), (2182, 1)])
def test_a_silent_upstream_is_given_its_idle_time_and_a_second(left_ms: float, count: int) -> None:
    story = Story().speak(0).start(3).opened(5, fault="stall_mid_stream")
    story.sent(100, 2).heard(101, 2).leave(left_ms)
    assert len(findings(RULE, story)) == count


def test_a_speak_that_is_swallowed_fails_though_nothing_was_heard_of_it() -> None:
    assert len(findings(RULE, Story().speak(0).leave(2001))) == 1
    assert findings(RULE, Story().speak(0).leave(1999)) == []


def test_a_stall_of_the_link_gives_the_end_signal_as_much_more_time() -> None:
    story = an_unended_message().fault(300, 900, name="network_stall", link="client")
    assert findings(RULE, story.leave(1350)) == []


def test_a_connection_that_the_sut_lets_go_before_the_end_fails() -> None:
    story = Story().begun(0, 300).lost(320)
    assert finding(RULE, story) == (
        "message m1 of s1 got no end signal: the SUT let go of the connection 320 ms after the"
        " request. Expected exactly 1."
    )


def test_a_client_that_left_may_get_one_end_signal_but_not_two() -> None:
    left = Story().begun(0, 300).leave(300).let_go(302).end(302, reason="cleanup")
    assert findings(RULE, left) == []
    twice = Story().begun(0, 300).leave(300).let_go(302).end(302).end(303)
    assert len(findings(RULE, twice)) == 1


def test_a_client_that_leaves_while_the_end_is_on_its_way_is_no_breach() -> None:
    story = Story().voiced(0).leave(355)  # the end signal arrives at 360
    assert all_findings(story) == {}
    assert exposures(RULE, story) == {"client left": 1}


def test_a_rejected_speak_is_no_exposure() -> None:
    story = Story().speak(0).error(4, code="invalid").leave(3000)
    assert all_findings(story) == {}
    assert exposures(RULE, story) == {}


def test_a_message_that_failed_with_an_error_still_owes_its_end_signal() -> None:
    story = Story().speak(0).start(3).refused(8).error(10).leave(3000)
    assert len(findings(RULE, story)) == 1


def test_a_run_that_was_cut_off_says_nothing_of_an_open_message() -> None:
    story = Story().begun(0, 300)
    assert findings(RULE, story, state="interrupted") == []
    assert unjudged(RULE, story, state="interrupted") == {"cut": 1}


def test_a_session_that_ends_without_leaving_was_cut_off() -> None:
    story = Story().begun(0, 300).event(5000, "client", "session_over", session=1)
    assert unjudged(RULE, story) == {"cut": 1}


def test_a_queued_message_that_never_began_and_was_cleared_by_stop_owes_none() -> None:
    story = Story().begun(0, 300).speak(120, 2).stop(300).let_go(302)
    story.end(303, reason="stopped").leave(4000)
    queue = {"on_new_message": "queue", "on_stop": "all"}
    assert all_findings(story, behaviour=queue) == {}


def test_a_message_that_waits_in_a_queue_is_not_overdue() -> None:
    story = Story().begun(0, 3000, frames=40).speak(120, 2).leave(3000)
    assert findings(RULE, story, behaviour={"on_new_message": "queue"}) == []


def test_a_second_end_signal_long_after_the_message_was_judged_is_one_too_many() -> None:
    story = Story().voiced(0).later(4000).end(5360).end(5900).leave(6500)
    assert finding(RULE, story) == (
        'message m1 of s1 got 2 end signals, 5000 ms apart: "completed", then "completed".'
        " Expected exactly 1."
    )
    assert exposures(RULE, story) == {"ended": 1}


def test_a_message_that_was_cleaned_up_owes_one_end_signal() -> None:
    story = WideStory().begun(0, 300).cleanup(300).let_go(301)
    assert findings(RULE, story.end(303, reason="cleanup").leave(1000)) == []
    assert exposures(RULE, story) == {"cleaned up": 1}


@pytest.mark.parametrize(("left_ms", "count"), [(1802, 0), (1803, 1)])
def test_no_end_signal_fails_after_cleanup(left_ms: float, count: int) -> None:
    story = WideStory().begun(0, 300).cleanup(300).let_go(301).leave(left_ms)
    sentence = "message m1 of s1 got no end signal within 1501 ms of the answer of the cleanup hook"
    assert findings(RULE, story) == [f"{sentence}. Expected exactly 1."][:count]


def test_a_cleanup_that_was_refused_ends_nothing() -> None:
    story = WideStory().begun(0, 300).cleanup(300, status=404).leave(900).let_go(901)
    assert findings(RULE, story) == []


def test_a_queued_message_that_a_cleanup_cleared_owes_none() -> None:
    story = WideStory().speak(0).cleanup(10).leave(4000)
    assert exposures(RULE, story, behaviour={"on_new_message": "queue"}) == {}


def test_a_message_that_began_owes_its_end_though_the_one_before_it_never_ended() -> None:
    story = Story().begun(0, 300).stop(300).let_go(303).speak(400, 2).start(403, 2)
    story.opened(405, 2).sent(500, 3, 2).heard(501, 3, 2).ended(750, 2).leave(4000)
    for policy in ("queue", "reject"):
        said = findings(RULE, story, behaviour={"on_new_message": policy})
        assert [line.split(" got ")[0] for line in said] == [
            "message m1 of s1",
            "message m2 of s1",
        ], policy


def test_a_message_that_was_prefetched_is_due_only_when_its_turn_has_come() -> None:
    story = Story().begun(0, 3000, frames=40).speak(120, 2)
    story.opened(130, 2).sent(200, 3, 2, every_ms=1).ended(210, 2)
    queue = {"on_new_message": "queue", "prefetch_next": True}
    assert findings(RULE, story.leave(3000), behaviour=queue) == []


def test_a_queued_message_that_has_just_started_is_not_overdue() -> None:
    story = Story().begun(0, 4000, frames=49).speak(120, 2).ended(4010).end(4020)
    story.start(4023, 2).leave(4300)
    assert findings(RULE, story, behaviour={"on_new_message": "queue"}) == []
