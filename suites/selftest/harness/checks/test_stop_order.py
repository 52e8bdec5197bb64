"""STOP-5 by stories."""

import pytest

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import exposures, finding, findings, judged_by, verdict
from suites.selftest.harness.story import Story

RULE = "STOP-5"


def stops(*ends_ms: float, audio_ms: tuple[float, ...] = ()) -> Story:
    """STOPs while streaming: released after 30 ms, ended so long after STOP, one after the other.

    ``audio_ms`` is the same of the last audio.
    """
    story = Story()
    for number, end_ms in enumerate(ends_ms):
        at_ms, message = 2000 * number, number + 1
        story.begun(at_ms, at_ms + 300, message).stop(at_ms + 300)
        story.let_go(at_ms + 330, message).end(at_ms + 300 + end_ms, message, reason="stopped")
        if audio_ms:
            story.heard(at_ms + 300 + audio_ms[number], 1, message, first_frame=3)
    return story.leave(2000 * len(ends_ms) + 1000)


def test_one_order_in_every_stop_passes() -> None:
    story = stops(60, 70, 55, 90)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"streaming": 4}


def test_two_orders_fail_and_both_stops_are_named() -> None:
    assert finding(RULE, stops(60, 5, 70, 8, 60)) == (
        "while streaming, STOP of message m1 of s1 had the release of the upstream 30 ms before the"
        " end signal, and STOP of message m2 of s1 had it 25 ms behind; so did 2 of 5. Limit: one"
        " order, ties within 20 ms."
    )


@pytest.mark.parametrize(("end_ms", "count"), [(10, 1), (10.1, 0), (30, 0), (49.9, 0)])
def test_less_than_20_ms_apart_is_a_tie(end_ms: float, count: int) -> None:
    assert len(findings(RULE, stops(60, 60, 60, end_ms, end_ms))) == count


def test_a_single_stop_in_another_order_may_be_chance() -> None:
    assert findings(RULE, stops(60, 60, 60, 5)) == []


def test_what_the_world_may_have_shifted_is_a_tie() -> None:
    story = stops(60, 60, 5, 5).lag(4310, 10).lag(6310, 10)
    assert findings(RULE, story) == []


def test_audio_that_came_before_stop_has_reached_the_sut_is_in_no_order() -> None:
    story = stops(60, 60, 60, 60, audio_ms=(0.5, 1, 1.5, 2))
    assert findings(RULE, story) == []


def test_audio_behind_the_release_here_and_before_it_there_fails() -> None:
    story = stops(90, 90, 90, 90, audio_ms=(5, 5, 60, 60))
    assert "the last audio" in finding(RULE, story)


def test_phases_are_not_compared_with_each_other() -> None:
    story = stops(60, 60)
    for number in (2, 3):
        at_ms, message = 2000 * number, number + 1
        story.speak(at_ms, message).start(at_ms + 3, message).opened(at_ms + 5, message)
        story.stop(at_ms + 50).end(at_ms + 53, message, reason="stopped").let_go(
            at_ms + 90, message
        )
    assert findings(RULE, story.leave(9000)) == []
    assert exposures(RULE, story) == {"streaming": 2, "requested": 2}


def test_without_stops_nothing_was_tried() -> None:
    judged = judged_by(RULE, Story().voiced(0).leave(1000))
    assert (judged.verdict, judged.exposures) == (Verdict.INCONCLUSIVE, 0)


def test_without_the_upstreams_ledger_no_order_is_seen() -> None:
    assert verdict(RULE, stops(60, 5), vantages="C") is Verdict.NOT_OBSERVABLE
