"""LAT-2 by stories."""

import pytest

from suites.selftest.harness.judged import exposures, finding, findings, unjudged
from suites.selftest.harness.story import Story

RULE = "LAT-2"


def heard(at_ms: float, *, opened_ms: float = 5, sent_ms: float | None = None) -> Story:
    sent_ms = at_ms - 1 if sent_ms is None else sent_ms
    story = Story().speak(0).start(3).opened(opened_ms).sent(sent_ms, 3).heard(at_ms, 3)
    return story.ended(sent_ms + 170).end(at_ms + 200).leave(at_ms + 2500)


@pytest.mark.parametrize(("at_ms", "count"), [(120, 0), (500, 0), (500.1, 1)])
def test_the_first_audible_sample_comes_within_half_a_second(at_ms: float, count: int) -> None:
    story = heard(at_ms, opened_ms=min(at_ms - 10, 400))
    assert len(findings(RULE, story)) == count
    assert exposures(RULE, story) == {"": 1}


def test_the_sentence_says_how_long_it_took() -> None:
    assert finding(RULE, heard(700, opened_ms=600)) == (
        "message m1 of s1 was first heard 700 ms after it was asked for. Limit: 500 ms for 95 % of"
        " all messages."
    )


@pytest.mark.parametrize(("thought_ms", "count"), [(250, 1), (250.1, 0)])
def test_an_upstream_that_takes_its_time_is_not_the_suts_fault(
    thought_ms: float, count: int
) -> None:
    story = heard(900, opened_ms=600, sent_ms=600 + thought_ms)
    assert len(findings(RULE, story)) == count
    assert unjudged(RULE, story) == ({} if count else {"not_exercised": 1})


def test_a_message_whose_upstream_failed_first_is_left_out() -> None:
    story = heard(900, opened_ms=800, sent_ms=890).opened(10, exchange=7).failed(20, 7)
    assert findings(RULE, story) == []


def test_request_and_audio_cross_a_slow_link_both() -> None:
    story = heard(690, opened_ms=400, sent_ms=500)
    story.latency(-50, 2000, link="client", latency_ms=100)
    assert findings(RULE, story) == []


def test_under_a_stall_nothing_is_judged() -> None:
    story = heard(900, opened_ms=800).fault(100, 700, name="network_stall", link="upstream")
    assert unjudged(RULE, story) == {"link_fault": 1}


def test_a_queued_message_counts_from_its_turn() -> None:
    story = Story().voiced(0, 20).speak(100, 2).start(1722, 2).opened(1724, 2)
    story.sent(1820, 3, 2).heard(1822, 3, 2).ended(1990, 2).end(2000, 2).leave(5000)
    queue = {"on_new_message": "queue"}
    assert findings(RULE, story, behaviour=queue) == []
    assert exposures(RULE, story, behaviour=queue) == {"": 2}


def test_a_queued_message_without_a_start_signal_has_no_known_turn() -> None:
    story = Story().voiced(0, 20).speak(100, 2).opened(1724, 2)
    story.sent(1820, 3, 2).heard(1822, 3, 2).ended(1990, 2).end(2000, 2).leave(5000)
    assert exposures(RULE, story, behaviour={"on_new_message": "queue"}) == {"": 1}


def test_the_client_alone_counts_what_had_no_error() -> None:
    assert len(findings(RULE, heard(700), vantages="C")) == 1
    assert findings(RULE, heard(700).error(690), vantages="C") == []


def test_a_message_that_is_never_heard_is_another_rules_matter() -> None:
    story = Story().speak(0).start(3).opened(5).stop(50).let_go(52).end(53, reason="stopped")
    assert exposures(RULE, story.leave(900)) == {}
