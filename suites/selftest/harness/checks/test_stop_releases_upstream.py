"""STOP-2 by stories."""

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

RULE = "STOP-2"


def stopped(released_ms: float) -> Story:
    story = Story().begun(0, 300).stop(300).end(303, reason="stopped")
    return story.let_go(released_ms).leave(1500)


@pytest.mark.parametrize(("released_ms", "count"), [(302, 0), (552, 0), (553, 1)])
def test_the_stream_is_released_within_250_ms(released_ms: float, count: int) -> None:
    assert len(findings(RULE, stopped(released_ms))) == count
    assert exposures(RULE, stopped(released_ms)) == {"streaming": 1}


def test_the_sentence_says_how_late() -> None:
    assert finding(RULE, stopped(1102)) == (
        "the upstream stream of message m1 of s1, stopped while streaming, was released 800 ms"
        " after STOP had reached the SUT. Limit: 250 ms."
    )


def test_a_stream_that_is_still_held_fails() -> None:
    story = Story().begun(0, 300).stop(300).end(303).leave(1000).lane_closing(2000)
    assert "was still held 1698 ms after STOP" in finding(RULE, story)


def test_the_loss_of_the_socket_is_a_release_too() -> None:
    story = Story().begun(0, 300).stop(300).end(303).socket_closed(310, how="rst").leave(1000)
    assert findings(RULE, story) == []


def test_a_stream_that_had_ended_by_itself_is_no_exposure() -> None:
    story = Story().voiced(0).stop(355).leave(1000)
    assert exposures(RULE, story) == {}


def test_a_stream_that_ends_by_itself_before_it_is_released_is_no_exposure() -> None:
    story = Story().begun(0, 300).stop(300).end(303).ended(301).socket_closed(304).leave(1000)
    assert exposures(RULE, story) == {}


def test_a_stream_that_is_left_to_speak_to_its_end_fails() -> None:
    story = Story().begun(0, 300).stop(300).end(303).ended(1702).socket_closed(1704).leave(2500)
    assert finding(RULE, story) == (
        "the upstream stream of message m1 of s1, stopped while streaming, was left to speak to"
        " its end 1400 ms after STOP had reached the SUT. Limit: 250 ms."
    )
    in_time = Story().begun(0, 300).stop(300).end(303).ended(552).socket_closed(554).leave(1500)
    assert findings(RULE, in_time) == []


def test_a_stream_that_opens_behind_the_stop_counts_from_its_opening() -> None:
    story = Story().speak(0).start(3).stop(4).end(8, reason="stopped").opened(600)
    assert findings(RULE, story.let_go(849).leave(2000)) == []
    late = Story().speak(0).start(3).stop(4).end(8, reason="stopped").opened(600)
    assert "251 ms" in finding(RULE, late.let_go(851).leave(2000))


def test_each_stream_of_a_message_is_released() -> None:
    story = Story().speak(0, sentences=2).start(3).opened(5, exchange=1)
    story.opened(6, exchange=2, sentences=(1,)).stop(50).end(53).let_go(52)
    assert "still held" in finding(RULE, story.leave(1000).lane_closing(2000))


def test_the_delay_of_the_link_is_taken_off_where_the_canary_proves_it() -> None:
    assert len(findings(RULE, stopped(660))) == 1
    far = stopped(660).latency(-500, 2000, link="upstream", latency_ms=120)
    assert findings(RULE, far) == []
    unproven = stopped(660).fault(-500, 2000, name="network_latency", link="upstream")
    assert len(findings(RULE, unproven)) == 1


def test_behind_a_black_hole_nothing_can_be_said() -> None:
    story = stopped(900).fault(290, 890, name="network_stall", link="upstream")
    assert findings(RULE, story) == []
    assert unjudged(RULE, story) == {"link_fault": 1}


def test_a_message_that_was_not_stopped_is_no_exposure() -> None:
    assert exposures(RULE, Story().voiced(0).leave(1000)) == {}


def test_a_record_that_was_cut_says_nothing_before_the_limit() -> None:
    story = Story().begun(0, 300).stop(300).later(400)
    assert unjudged(RULE, story, state="running") == {"cut": 1}


def test_it_needs_the_ledger() -> None:
    assert verdict(RULE, stopped(302), vantages="C") is Verdict.NOT_OBSERVABLE


def test_pooled_http_connections_release_by_closing() -> None:
    story = Story().begun(0, 300).stop(300).end(303)
    story.released(305, how="fin").socket_closed(305).leave(1000)
    assert all_findings(story, behaviour={"upstream_socket": "pooled"}) == {}
