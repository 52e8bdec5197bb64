"""CLN-1 by stories."""

import pytest

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import (
    all_findings,
    exposures,
    finding,
    findings,
    unjudged,
    verdict,
)
from suites.selftest.harness.story import key
from suites.selftest.harness.wide_story import WideStory, cleaned

RULE = "CLN-1"
SEEN = "CUPH"


def after_its_end() -> WideStory:
    story = WideStory()
    story.voiced(0).cleanup(500)
    return story


def test_three_calls_that_change_nothing_more_pass_in_each_phase() -> None:
    early = WideStory()
    early.speak(0).start(3).opened(5).cleanup(50).let_go(52).end(53, reason="cleanup")
    failed = WideStory()
    failed.begun(0, 300).failed(300).error(302).end(303, reason="upstream_error")
    failed.socket_closed(303).cleanup(400)
    stories = {
        "requested": early,
        "streaming": cleaned(),
        "ended": after_its_end(),
        "after an error": failed,
        "at once": cleaned(every_ms=0),
        "idle": WideStory().cleanup(0),
    }
    for category, story in stories.items():
        story.leave(1500)
        assert all_findings(story, vantages=SEEN) == {}
        assert exposures(RULE, story, vantages=SEEN) == {category: 1}


@pytest.mark.parametrize(("again_ms", "count"), [(303, 1), (321, 1), (842, 1), (843, 0)])
def test_a_second_end_signal_fails_for_quiet_ms_after_the_last_answer(
    again_ms: float, count: int
) -> None:
    story = cleaned().end(again_ms, reason="cleanup").leave(1500)
    assert len(findings(RULE, story, vantages=SEEN)) == count


def test_the_sentence_says_what_came_and_when() -> None:
    story = cleaned().end(321, reason="cleanup").leave(1500)
    assert finding(RULE, story, vantages=SEEN) == (
        "another end signal of message m1 of s1 came 21 ms after the first of 3 cleanup calls"
        " (streaming). Allowed: nothing new."
    )


def test_a_message_that_had_ended_is_ended_once_more() -> None:
    story = after_its_end().end(522, reason="cleanup").leave(1500)
    assert "came 22 ms after the first of 3 cleanup calls (ended)" in finding(
        RULE, story, vantages=SEEN
    )


def test_three_calls_at_once_end_a_message_twice() -> None:
    story = cleaned(every_ms=0).end(304, reason="cleanup").leave(1500)
    assert "(at once)" in finding(RULE, story, vantages=SEEN)


def test_start_error_and_audio_after_the_end_fail() -> None:
    for story in (
        cleaned().start(325),
        cleaned().error(325, code="nothing_to_clean"),
        cleaned().error(325, None, code="nothing_to_clean"),
        cleaned().audio(325, (key(), 5 * 1920, 1920)),
    ):
        assert len(findings(RULE, story.leave(1500), vantages=SEEN)) == 1


def test_what_was_under_way_before_the_one_end_signal_is_not_new() -> None:
    story = WideStory()
    story.begun(0, 300).cleanup(300).let_go(302)
    story.audio(323, (key(), 3 * 1920, 1920)).error(330).end(335, reason="cleanup").leave(1500)
    assert findings(RULE, story, vantages=SEEN) == []


def test_audio_may_follow_the_end_signal_that_means_synthesis() -> None:
    story = WideStory()
    story.voiced(0).cleanup(350).audio(400, (key(), 0, 1920)).leave(1500)
    assert len(findings(RULE, story, vantages=SEEN)) == 1
    behaviour = {"end_signal": "synthesis"}
    assert findings(RULE, story, vantages=SEEN, behaviour=behaviour) == []


def test_an_error_that_answers_something_else_is_not_the_cleanups() -> None:
    asked = cleaned().invalid(360).error(365, None, code="bad").leave(1500)
    before = WideStory()
    before.voiced(0).invalid(480).cleanup(490, every_ms=5).error(497, None, code="bad").leave(1500)
    for story in (asked, before):
        assert findings(RULE, story, vantages=SEEN) == []


def test_what_a_stop_brings_is_not_the_cleanups() -> None:
    story = cleaned().stop(400).end(405, reason="stopped").leave(2000)
    assert findings(RULE, story, vantages=SEEN) == []


def test_a_queued_message_may_begin_after_the_first_call() -> None:
    story = WideStory()
    story.begun(0, 300).speak(100, 2).cleanup(300).let_go(302).end(303, reason="cleanup")
    story.start(305, 2).opened(306, 2).let_go(322, 2).end(323, 2, reason="cleanup").leave(1500)
    assert findings(RULE, story, vantages=SEEN, behaviour={"on_new_message": "queue"}) == []


def test_a_stream_that_is_opened_again_fails() -> None:
    story = cleaned().opened(322, exchange=9).let_go(342, 9).leave(1500)
    assert "another upstream stream of message m1 of s1 came 22 ms" in finding(
        RULE, story, vantages=SEEN
    )


@pytest.mark.parametrize(("opened_ms", "count"), [(51, 0), (342, 0), (343, 1), (600, 0)])
def test_a_request_that_was_under_way_may_be_seen_a_little_later(
    opened_ms: float, count: int
) -> None:
    story = WideStory()
    story.speak(0).start(3).cleanup(50).end(53, reason="cleanup")
    story.opened(opened_ms).let_go(opened_ms + 5).leave(1500)
    assert len(findings(RULE, story, vantages=SEEN)) == count


def test_a_declared_repeat_may_be_under_way_when_the_upstream_fails() -> None:
    story = WideStory()
    story.speak(0).start(3).opened(5, fault="abrupt_reset").failed(40).socket_closed(40)
    story.cleanup(50).opened(55, exchange=9, count=1).let_go(60, 9).end(58, reason="cleanup")
    behaviour = {"on_upstream_failure": "retry_before_audio"}
    assert findings(RULE, story.leave(1500), vantages=SEEN, behaviour=behaviour) == []


def answered(*statuses: int, after_ms: float = 2) -> WideStory:
    """Three calls after the end of a message, each with a status of its own."""
    story = WideStory()
    story.voiced(0).cleanup(500, answer_after_ms=None)
    for call, status in enumerate(statuses, start=1):
        at_ms = 500 + 20 * (call - 1) + (after_ms if status == 0 else 2)
        data = {"call": call, "times": 3, "status": status}
        story.event(at_ms, "client", "cleanup_answered", data, session=1)
    story.leave(4000)
    return story


def test_an_error_status_of_a_later_call_fails() -> None:
    assert finding(RULE, answered(200, 409, 204), vantages=SEEN) == (
        "cleanup call 2 of 3 of s1 (ended) was answered with the status 409. Expected: success."
    )
    assert len(findings(RULE, answered(200, 500, 500), vantages=SEEN)) == 2
    assert findings(RULE, answered(200, 204, 204), vantages=SEEN) == []


def test_a_call_that_hangs_fails() -> None:
    story = answered(200, 0, 200, after_ms=2000)
    assert "call 2 of 3 of s1 (ended) had no answer after 2000 ms" in finding(
        RULE, story, vantages=SEEN
    )


def test_a_hook_that_answers_no_call_proves_nothing() -> None:
    for story in (answered(404, 404, 404), answered(0, 0, 0), answered()):
        assert findings(RULE, story, vantages=SEEN) == []
        assert unjudged(RULE, story, vantages=SEEN) == {"lost_vantage": 1}


def test_behind_a_black_hole_nothing_can_be_said() -> None:
    story = cleaned().end(321).leave(1500).fault(310, 400, name="network_stall", link="client")
    assert unjudged(RULE, story, vantages=SEEN) == {"link_fault": 1}


def test_one_call_alone_or_a_client_that_has_gone_is_no_case() -> None:
    once = WideStory()
    once.voiced(0).cleanup(500, times=1).leave(1500)
    gone = WideStory()
    gone.voiced(0).cleanup(500).leave(510)
    for story in (once, gone):
        assert exposures(RULE, story, vantages=SEEN) == {}


def test_it_needs_the_hook() -> None:
    assert verdict(RULE, cleaned().leave(1500), vantages="CUP") is Verdict.NOT_OBSERVABLE
