"""ERR-3 by stories."""

import pytest

from harness.model import events as ev
from harness.model.verdict import Verdict
from suites.selftest.harness.judged import exposures, finding, findings, verdict
from suites.selftest.harness.story import UPSTREAM, Story

RULE = "ERR-3"
REASONS = {"reasons": {"completed": "completed", "broken": "upstream_error"}}


def silent(*, is_audible: bool = False) -> Story:
    """Three frames of zeros and the marker at 262 ms; one frame may be heard."""
    story = Story().speak(0).start(3).opened(5, frames=0, fault="silent_answer")
    for place in range(3):
        data = ev.SentData(exchange=1, zeros=1920, bytes=3840)
        story.event(100 + 80 * place, UPSTREAM, "stream_sent", data)
        story.audio(101 + 80 * place, zeros=1920)
    if is_audible:
        story.sent(261)
    return story.ended(262).socket_closed(264)


def test_zeros_of_which_nobody_is_told_fail() -> None:
    assert finding(RULE, silent().end(266).leave(1000)) == (
        "the upstream's whole answer to message m1 of s1 was 5760 zeros (240 ms), and nobody was"
        ' told: no error, and the end signal said "completed".'
    )


@pytest.mark.parametrize("message", [1, None])
def test_an_error_reports_them_also_one_without_a_name(message: int | None) -> None:
    story = silent().error(265, message, code="silent").end(266).leave(1000)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"only zeros": 1}


@pytest.mark.parametrize(("reason", "count"), [("broken", 0), ("completed", 1), ("over", 1)])
def test_a_reason_other_than_completed_reports_them(reason: str, count: int) -> None:
    story = silent().end(266, reason=reason).leave(1000)
    assert len(findings(RULE, story, behaviour=REASONS)) == count


def test_one_audible_frame_makes_it_no_case() -> None:
    assert exposures(RULE, silent(is_audible=True).end(266).leave(1000)) == {}


def test_an_answer_without_any_sample_is_no_case() -> None:
    story = Story().speak(0).start(3).opened(5, frames=0).ended(262).socket_closed(264)
    assert exposures(RULE, story.end(266).leave(1000)) == {}


def test_zeros_that_met_a_stop_or_no_marker_are_no_case() -> None:
    assert exposures(RULE, silent().stop(263).end(266).leave(1000)) == {}
    story = Story().speak(0).start(3).opened(5, frames=0)
    story.event(100, UPSTREAM, "stream_sent", ev.SentData(exchange=1, zeros=1920, bytes=3840))
    assert exposures(RULE, story.failed(200).socket_closed(201).end(203).leave(1000)) == {}


def test_it_needs_the_ledger() -> None:
    assert verdict(RULE, silent().end(266).leave(1000), vantages="C") is Verdict.NOT_OBSERVABLE
