"""LAT-1 by stories."""

import pytest

from harness.model.verdict import Level, Verdict
from suites.selftest.harness.judged import (
    exposures,
    finding,
    findings,
    judged_by,
    unjudged,
    verdict,
)
from suites.selftest.harness.story import Story

RULE = "LAT-1"


def delayed(by_ms: float, message: int = 1, *, at_ms: float = 0) -> Story:
    return told(Story(), by_ms, message, at_ms=at_ms).leave(at_ms + 3000)


def told(story: Story, by_ms: float, message: int = 1, *, at_ms: float = 0) -> Story:
    story.speak(at_ms, message).start(at_ms + 3, message).opened(at_ms + 5, message)
    story.sent(at_ms + 100, 3, message).heard(at_ms + 100 + by_ms, 3, message)
    return story.ended(at_ms + 270, message).end(at_ms + 900, message)


@pytest.mark.parametrize(("by_ms", "count"), [(1, 0), (50, 0), (50.1, 1)])
def test_50_ms_may_be_added(by_ms: float, count: int) -> None:
    assert len(findings(RULE, delayed(by_ms))) == count
    assert exposures(RULE, delayed(by_ms)) == {"": 1}


def test_the_sentence_says_how_much_was_added() -> None:
    assert finding(RULE, delayed(81)) == (
        "the first audible sample of message m1 of s1 reached the client 81 ms after the upstream"
        " had sent it. Limit: 50 ms for 95 % of all messages."
    )


@pytest.mark.parametrize(("slow", "expected"), [(1, Verdict.PASS), (2, Verdict.FAIL)])
def test_one_message_in_twenty_may_be_later(slow: int, expected: Verdict) -> None:
    story = Story()
    for number in range(20):
        told(story, 90 if number < slow else 5, number + 1, at_ms=1000 * number)
    assert verdict(RULE, story.leave(21_000)) is expected
    assert judged_by(RULE, story).level is Level.SHOULD


def test_what_a_latency_on_either_link_is_proven_to_add_is_taken_off() -> None:
    story = delayed(140).latency(0, 2000, link="upstream", latency_ms=100)
    assert findings(RULE, story) == []


@pytest.mark.parametrize("fault", ["network_stall", "network_bandwidth"])
def test_what_a_link_held_by_an_unknown_time_is_not_judged(fault: str) -> None:
    story = delayed(300).fault(50, 350, name=fault, link="client")
    assert findings(RULE, story) == []
    assert unjudged(RULE, story) == {"link_fault": 1}


def test_our_own_lag_excuses() -> None:
    assert findings(RULE, delayed(90).lag(190, 60)) == []


def test_a_queued_message_that_was_fetched_ahead_counts_from_its_turn() -> None:
    story = Story().voiced(0, 20).speak(100, 2).opened(105, 2).sent(200, 3, 2).ended(361, 2)
    story.start(1722, 2).heard(1725, 3, 2).end(1900, 2).leave(5000)
    assert findings(RULE, story, behaviour={"on_new_message": "queue"}) == []


def test_an_attempt_that_was_replaced_before_it_was_heard_does_not_count() -> None:
    story = Story().speak(0).start(3).opened(5).sent(100).failed(150)
    story.opened(300, exchange=2, count=1).sent(400, 3, exchange=2, count=1)
    run = ((1 << 32 | 1 << 16 | 1), 0, 1920)
    story.audio(405, run).ended(600, 2).end(610).leave(4000)
    assert findings(RULE, story) == []


def test_a_message_that_nobody_heard_is_no_exposure() -> None:
    story = Story().speak(0).start(3).opened(5).stop(50).let_go(52).end(53, reason="stopped")
    assert exposures(RULE, story.leave(900)) == {}
