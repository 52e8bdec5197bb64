"""OWN-2 by stories."""

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
from suites.selftest.harness.story import Story

RULE = "OWN-2"


def superseded(let_go_ms: float | None) -> Story:
    """The first message is superseded at 300 ms; the second is heard at 401 ms."""
    story = Story().begun(0, 300, frames=40).end(303, reason="superseded")
    if let_go_ms is not None:
        story.let_go(let_go_ms)
    return story.voiced(300, message=2).leave(1500)


@pytest.mark.parametrize(("let_go_ms", "count"), [(302, 0), (401, 0), (402, 1)])
def test_the_old_stream_is_let_go_before_the_next_is_heard(let_go_ms: float, count: int) -> None:
    assert len(findings(RULE, superseded(let_go_ms))) == count
    assert exposures(RULE, superseded(let_go_ms)) == {"rapid pair": 1}


def test_a_release_in_time_is_no_breach_of_any_rule() -> None:
    assert all_findings(superseded(302)) == {}


def test_the_sentence_says_how_long_after_the_first_audio() -> None:
    assert finding(RULE, superseded(651)) == (
        "the upstream stream of message m1 of s1 (superseded) was let go only 250 ms after the"
        " first audio of m2 had reached the client. Limit: 0 ms."
    )


def test_a_stream_that_is_never_let_go_fails() -> None:
    assert "was still held" in finding(RULE, superseded(None))


def test_a_stopped_message_counts_when_another_is_heard_after_it() -> None:
    story = Story().stopped(0, 300).voiced(900, message=2).leave(2000)
    assert exposures(RULE, story) == {"stopped": 1}
    assert all_findings(story) == {}


def test_a_stream_that_ended_or_failed_by_itself_has_nothing_to_be_released() -> None:
    ended = Story().voiced(0).voiced(600, message=2).leave(2000)
    failed = Story().begun(0, 300).failed(300).error(302).end(303, reason="upstream_error")
    failed.socket_closed(303).voiced(600, message=2).leave(2000)
    refused = Story().speak(0).start(3).refused(20).socket_closed(22).error(25).end(26)
    refused.voiced(600, message=2).leave(2000)
    for story in (ended, failed, refused):
        assert exposures(RULE, story) == {}
        assert all_findings(story) == {}


def test_a_queued_message_is_heard_after_the_end_of_the_other() -> None:
    story = Story().voiced(0).speak(100, 2).start(380, 2).opened(381, 2).sent(480, 3, 2)
    story.heard(481, 3, 2).ended(720, 2).end(725, 2).socket_closed(727, 2).leave(1500)
    assert exposures(RULE, story, behaviour={"on_new_message": "queue"}) == {}
    assert findings(RULE, story, behaviour={"on_new_message": "queue"}) == []


def test_a_stream_that_opens_after_the_next_first_audio_is_no_case() -> None:
    story = Story().speak(0).start(3).end(303, reason="superseded").voiced(300, message=2)
    story.opened(450, 1).let_go(470, 1).leave(1500)
    assert exposures(RULE, story) == {}


def test_a_silent_message_between_two_does_not_hide_the_old_stream() -> None:
    story = Story().begun(0, 300, frames=40).speak(300, 2).start(302, 2).end(305, 1)
    story.speak(310, 3).end(312, 2).start(313, 3).opened(315, 3).sent(400, 3, 3)
    story.heard(401, 3, 3).ended(650, 3).end(655, 3).let_go(700, 1).leave(1500)
    assert "299 ms after the first audio of m3" in finding(RULE, story)


def test_a_release_may_take_as_long_as_the_link_is_proven_to_take() -> None:
    story = superseded(520).latency(-500, 3000, link="upstream", latency_ms=130)
    assert findings(RULE, story) == []


def test_behind_a_black_hole_nothing_can_be_said() -> None:
    story = superseded(600).fault(310, 590, name="network_stall", link="upstream")
    assert findings(RULE, story) == []
    assert unjudged(RULE, story) == {"link_fault": 1}


def test_it_needs_the_ledger() -> None:
    assert verdict(RULE, superseded(None), vantages="C") is Verdict.NOT_OBSERVABLE
