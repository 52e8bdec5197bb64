"""OWN-6 by stories."""

from harness.model.verdict import Level, Verdict
from suites.selftest.harness.judged import (
    exposures,
    finding,
    findings,
    judged_by,
    unjudged,
    verdict,
)
from suites.selftest.harness.wide_story import WideStory

RULE = "OWN-6"
SEEN = "CUPL"


def spoken() -> WideStory:
    story = WideStory()
    story.voiced(0)
    return story


def test_a_message_that_ended_has_a_line() -> None:
    story = spoken().logged(361).leave(1000).lane_closing(6000)
    assert findings(RULE, story, vantages=SEEN) == []
    assert exposures(RULE, story, vantages=SEEN) == {"ended": 1}


def test_a_message_without_a_line_fails() -> None:
    story = spoken().logged(361).voiced(500, message=2).leave(1500).lane_closing(6000)
    assert finding(RULE, story, vantages=SEEN) == (
        "no cleanup of message m2 of s1 (ended) is in the log, among 1 lines of its session."
        " Expected at least 1."
    )


def test_a_session_without_any_line_has_logged_nothing() -> None:
    story = spoken().leave(1000).lane_closing(6000)
    assert "among 0 lines of its session" in finding(RULE, story, vantages=SEEN)


def test_a_line_that_names_another_message_or_none_does_not_count() -> None:
    for named in (2, None):
        story = spoken().logged(361, named).leave(1000).lane_closing(6000)
        assert "among 1 lines" in finding(RULE, story, vantages=SEEN)


def test_each_way_to_end_needs_a_line() -> None:
    stopped = WideStory()
    stopped.stopped(0, 300).leave(1000).lane_closing(6000)
    left = WideStory()
    left.begun(0, 300).leave(300, how="rst").let_go(303).lane_closing(6000)
    lost = WideStory()
    lost.begun(0, 300).let_go(303).lost(305).lane_closing(6000)
    for story in (stopped, left, lost):
        story.logged(1, None)
    assert "(stopped)" in finding(RULE, stopped, vantages=SEEN)
    assert "(client left)" in finding(RULE, left, vantages=SEEN)
    assert unjudged(RULE, lost, vantages=SEEN) == {"cut": 1}
    for story, ending in ((stopped, "stopped"), (left, "client left"), (lost, "ended")):
        assert findings(RULE, story.logged(310), vantages=SEEN) == []
        assert exposures(RULE, story, vantages=SEEN) == {ending: 1}


def test_a_message_that_the_sut_may_never_have_known_owes_no_line() -> None:
    story = WideStory().speak(0).leave(1, how="rst").lane_closing(6000)
    refused = WideStory().speak(0).error(3).leave(900).lane_closing(6000)
    gone = WideStory()
    gone.begun(0, 300).leave(300, how="vanish").lane_closing(9000)
    for one in (story, refused, gone):
        one.logged(1, None)
        assert exposures(RULE, one, vantages=SEEN) == {}


def test_a_lane_that_closes_at_once_leaves_no_time_to_read_the_log() -> None:
    story = spoken().logged(1, None).leave(1000).lane_closing(1100)
    assert unjudged(RULE, story, vantages=SEEN) == {"cut": 1}


def called(lines: int, named: int | None = 1) -> WideStory:
    """The hook is called three times after a message that ended; it had a line by then."""
    story = spoken().logged(361).cleanup(500)
    for line in range(lines):
        story.logged(501 + 20 * line, named)
    return story.leave(1200).lane_closing(6000)


def test_each_call_of_the_hook_has_a_line() -> None:
    assert findings(RULE, called(3), vantages=SEEN) == []
    assert exposures(RULE, called(3), vantages=SEEN) == {"ended": 1, "hook": 3}
    assert finding(RULE, called(2), vantages=SEEN) == (
        "the cleanup hook of s1 was called 3 times and 0 messages ended by themselves since, but"
        " the log has 2 lines with its session and a message. Expected at least 3."
    )


def test_lines_of_the_hook_name_the_message_where_there_is_one() -> None:
    assert len(findings(RULE, called(3, named=None), vantages=SEEN)) == 1
    idle = WideStory().cleanup(0).logged(1, None).logged(21, None).logged(41, None)
    assert findings(RULE, idle.leave(900).lane_closing(6000), vantages=SEEN) == []


def test_the_first_call_that_ends_a_message_needs_one_line_for_both() -> None:
    story = WideStory()
    story.begun(0, 300).cleanup(300).let_go(302).end(303, reason="cleanup")
    story.logged(301).logged(321).logged(341).leave(1200).lane_closing(6000)
    assert findings(RULE, story, vantages=SEEN) == []


def test_a_message_that_ends_later_needs_a_line_more() -> None:
    story = WideStory().cleanup(0).logged(1, None).logged(21, None).logged(41, None)
    story.voiced(500).logged(861).leave(1500).lane_closing(6000)
    assert findings(RULE, story, vantages=SEEN) == []


def test_calls_that_the_hook_refused_are_not_expected_in_the_log() -> None:
    story = spoken().logged(361).cleanup(500, status=404).leave(1200).lane_closing(6000)
    assert findings(RULE, story, vantages=SEEN) == []


def test_it_is_a_should_and_needs_the_log() -> None:
    story = spoken().leave(1000).lane_closing(6000)
    assert judged_by(RULE, story).level is Level.SHOULD
    assert verdict(RULE, story, vantages="CUP") is Verdict.NOT_OBSERVABLE
