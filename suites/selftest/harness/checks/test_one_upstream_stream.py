"""OWN-1 by stories."""

import pytest

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import (
    all_findings,
    exposures,
    finding,
    findings,
    judged_by,
    unjudged,
    verdict,
)
from suites.selftest.harness.story import Story

RULE = "OWN-1"


def superseded(*, released_ms: float, session: int = 1) -> Story:
    """m1 is superseded at 300 ms; the stream of m2 opens at 310."""
    story = Story().begun(0, 300).speak(300, 2).end(304, reason="superseded").start(305, 2)
    story.opened(310, 2).sent(400, 3, 2).heard(401, 3, 2).ended(562, 2).socket_closed(564, 2)
    return story.let_go(released_ms).end(565, 2).leave(1200)


@pytest.mark.parametrize(("released_ms", "count"), [(303, 0), (360, 0), (361, 1)])
def test_an_overlap_of_50_ms_is_allowed(released_ms: float, count: int) -> None:
    assert len(findings(RULE, superseded(released_ms=released_ms))) == count
    counts = exposures(RULE, superseded(released_ms=released_ms))
    assert counts == {"rapid pair": 1, "message": 1}


def test_the_sentence_says_how_long() -> None:
    assert finding(RULE, superseded(released_ms=510)) == (
        "the upstream stream of message m2 of s1 was live beside one of m1 for 200 ms."
        " Limit: 50 ms."
    )


def test_the_overlap_ends_with_the_shorter_stream() -> None:
    assert "for 252 ms" in finding(RULE, superseded(released_ms=2000))


def test_two_streams_of_one_message_fail_too() -> None:
    story = Story().speak(0, sentences=2).start(3)
    story.opened(5, exchange=1).opened(6, exchange=2, sentences=(1,)).ended(300, 1).ended(400, 2)
    assert "live beside another for 294 ms" in finding(RULE, story.end(410).leave(1000))


def test_sentence_by_sentence_one_after_the_other_passes() -> None:
    story = Story().speak(0, sentences=2).start(3)
    for sentence, at_ms in ((0, 5), (1, 271)):
        number = sentence + 1
        story.opened(at_ms, exchange=number, frames=2, sentences=(sentence,))
        story.sent(at_ms + 95, 2, exchange=number, sentence=sentence)
        for place in range(2):
            run = (1 << 32 | 1 << 16 | sentence << 8, place * 1920, 1920)
            story.audio(at_ms + 96 + 80 * place, run)
        story.ended(at_ms + 265, number).socket_closed(at_ms + 270, number)
    assert all_findings(story.end(540).leave(1200), behaviour={"segments": "sequential"}) == {}


def test_a_declared_prefetch_may_hold_two_streams_of_a_message() -> None:
    story = Story().speak(0, sentences=3).start(3)
    story.opened(5, exchange=1).opened(6, exchange=2, sentences=(1,)).ended(300, 1).ended(400, 2)
    prefetch = {"segments": "prefetch", "streams_live_max": 2}
    assert findings(RULE, story.end(410).leave(1000), behaviour=prefetch) == []
    third = Story().speak(0, sentences=3).start(3).ended(300, 1).ended(300, 2).ended(400, 3)
    third.opened(5, exchange=1).opened(6, exchange=2, sentences=(1,))
    third.opened(7, exchange=3, sentences=(2,)).end(410).leave(1000)
    assert len(findings(RULE, third, behaviour=prefetch)) == 2


def test_a_stream_of_an_earlier_message_is_one_too_many_also_where_two_are_declared() -> None:
    prefetch = {"segments": "prefetch", "streams_live_max": 2}
    assert len(findings(RULE, superseded(released_ms=510), behaviour=prefetch)) == 1
    next_too = {**prefetch, "prefetch_next": True}
    assert findings(RULE, superseded(released_ms=510), behaviour=next_too) == []


def test_three_at_once_have_no_overlap_allowed_at_all() -> None:
    story = Story().speak(0).opened(5).speak(10, 2).opened(15, 2).speak(20, 3).opened(25, 3)
    story.let_go(27).let_go(28, 2).ended(300, 3).leave(1000)
    assert finding(RULE, story) == (
        "3 upstream streams of s1 were live at once for 2 ms when m3 had opened its own."
        " Allowed: 1."
    )
    assert judged_by(RULE, story.lag(30, 3)).findings == ()  # only a lag of ours can explain it


def test_three_at_once_behind_a_black_hole_say_nothing() -> None:
    story = Story().speak(0).opened(5).speak(10, 2).opened(15, 2).speak(20, 3).opened(25, 3)
    story.let_go(700).let_go(701, 2).ended(900, 3).leave(1600)
    story.fault(6, 690, name="network_stall", link="upstream")
    assert findings(RULE, story) == []
    assert unjudged(RULE, story) == {"link_fault": 2}


def test_a_session_that_speaks_rapidly_passes_when_each_stream_is_released_in_time() -> None:
    story = Story().speak(0).opened(5).speak(10, 2).opened(15, 2).speak(20, 3).opened(25, 3)
    story.let_go(12).let_go(22, 2).ended(300, 3)
    assert findings(RULE, story.leave(1000)) == []


def test_the_delay_of_the_link_is_taken_off_where_the_canary_proves_it() -> None:
    story = superseded(released_ms=460).latency(-500, 2000, link="upstream", latency_ms=120)
    assert findings(RULE, story) == []


def test_behind_a_black_hole_nothing_can_be_said() -> None:
    story = superseded(released_ms=510).fault(100, 500, name="network_stall", link="upstream")
    assert findings(RULE, story) == []
    assert unjudged(RULE, story) == {"link_fault": 1}


def test_an_idle_pooled_socket_holds_no_live_stream() -> None:
    story = Story()
    for message, at_ms in ((1, 0), (2, 400)):
        story.speak(at_ms, message).opened(at_ms + 5, message, socket=9, profile="http")
        story.ended(at_ms + 262, message).end(at_ms + 265, message)
    story.leave(1300)
    assert findings(RULE, story, behaviour={"upstream_socket": "pooled"}) == []


def test_an_http_retry_is_no_second_owner_unless_both_are_live() -> None:
    story = Story().speak(0).opened(5, exchange=1).failed(20, 1).socket_closed(20, 1)
    story.opened(21, exchange=2, count=1).ended(300, 2).end(302).leave(900)
    assert findings(RULE, story) == []


def test_an_orphan_with_no_later_stream_beside_it_is_another_rules_matter() -> None:
    story = Story().begun(0, 300).stop(300).end(303).leave(1000).lane_closing(4000)
    assert findings(RULE, story) == []


def test_an_orphan_of_a_stopped_message_beside_a_later_stream_fails() -> None:
    story = Story().begun(0, 300, frames=90).stop(300).end(303).voiced(400, message=2)
    assert "beside one of m1 for 345 ms" in finding(RULE, story.leave(3000).lane_closing(4000))


def test_other_sessions_are_no_rivals() -> None:
    story = Story(sessions=(1, 2)).voiced(0).voiced(5, session=2)
    assert all_findings(story.leave(1000).leave(1000, session=2)) == {}


def test_a_late_answer_is_tried_again_in_the_same_manner() -> None:
    story = superseded(released_ms=365).lag(400, 10)
    again = Story(run="happy_path~1", retry_of="happy_path", lane="again", sessions=(2,))
    again.speak(0, session=2).opened(5, session=2, exchange=20).speak(50, 2, session=2)
    again.opened(60, 2, session=2, exchange=21).let_go(55, 20).ended(300, 21)
    assert judged_by(RULE, story).why == "environment"
    assert judged_by(RULE, story, again.leave(900, session=2)).why != "environment"


def test_a_message_without_a_stream_is_no_exposure() -> None:
    assert exposures(RULE, Story().speak(0).start(3).end(5).leave(900)) == {}


def test_it_needs_the_ledger() -> None:
    assert verdict(RULE, Story().voiced(0), vantages="C") is Verdict.NOT_OBSERVABLE
