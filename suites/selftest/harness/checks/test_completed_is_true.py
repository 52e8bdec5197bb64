"""EOS-6 by stories."""

import pytest

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import exposures, finding, findings, verdict
from suites.selftest.harness.story import Story

RULE = "EOS-6"
WORDS = {"completed": "completed", "stopped": "stopped", "broken": "upstream_error"}
REASONS = {"reasons": WORDS}


def failed(*, how: str, reason: str = "completed", profile: str = "ws", frames: int = 20) -> Story:
    story = Story().speak(0).start(3).opened(5, fault="a_fault", profile=profile, frames=frames)
    story.sent(100, 3).heard(101, 3).failed(265, how=how).socket_closed(266)
    return story.end(268, reason=reason).leave(1000)


def test_completed_after_the_marker_passes() -> None:
    assert findings(RULE, Story().voiced(0).leave(1000), behaviour=REASONS) == []
    assert exposures(RULE, Story().voiced(0).leave(1000), behaviour=REASONS) == {"said": 1}


@pytest.mark.parametrize("how", ["rst", "fin", "half_close", "close 1000", "close 1011"])
def test_completed_after_a_connection_that_ended_without_a_marker_fails(how: str) -> None:
    assert finding(RULE, failed(how=how), behaviour=REASONS) == (
        'message m1 of s1 ended by "completed" (completed), though the upstream never said so:'
        f" it failed ({how}). Expected: its end marker."
    )


def test_another_reason_passes_and_is_an_exposure() -> None:
    story = failed(how="rst", reason="broken")
    assert findings(RULE, story, behaviour=REASONS) == []
    assert exposures(RULE, story, behaviour=REASONS) == {"not said": 1}


def test_completed_for_a_message_that_was_stopped_in_mid_stream_fails() -> None:
    story = Story().begun(0, 300).stop(300).let_go(302).end(303, reason="completed").leave(1000)
    assert "it had not" in finding(RULE, story, behaviour=REASONS)


def test_completed_for_a_stop_that_crossed_the_marker_passes() -> None:
    story = Story().speak(0).start(3).opened(5).sent(100, 3).heard(101, 3).ended(262).stop(263)
    story.socket_closed(264).end(266).leave(1000)
    assert findings(RULE, story, behaviour=REASONS) == []


@pytest.mark.parametrize("fault", ["stall_mid_stream", "missing_marker"])
def test_completed_by_idle_fails_unless_silence_is_an_ending(fault: str) -> None:
    story = Story().speak(0).start(3).opened(5, fault=fault).sent(100, 3).heard(101, 3)
    story.end(1262).let_go(1262).leave(2000)
    assert len(findings(RULE, story, behaviour=REASONS)) == 1
    for known in ("none", "silence"):
        declared = REASONS | {"end_markers": ["text", known]}
        assert findings(RULE, story, behaviour=declared) == []
        assert exposures(RULE, story, behaviour=declared) == {}


def test_a_reset_in_mid_stream_is_no_silence() -> None:
    declared = REASONS | {"end_markers": ["none"]}
    assert len(findings(RULE, failed(how="rst"), behaviour=declared)) == 1


def test_where_silence_is_an_ending_a_whole_speech_may_be_followed_by_a_close() -> None:
    declared = REASONS | {"end_markers": ["none"]}
    assert findings(RULE, failed(how="close 1000", frames=3), behaviour=declared) == []


def test_a_polite_close_is_an_ending_where_it_is_declared() -> None:
    declared = REASONS | {"end_markers": ["text", "close"]}
    assert findings(RULE, failed(how="close 1000"), behaviour=declared) == []
    assert len(findings(RULE, failed(how="close 1011"), behaviour=declared)) == 1


def test_the_clean_end_of_a_body_needs_no_declaration_and_a_cut_one_is_none() -> None:
    whole = Story().speak(0).start(3).opened(5, profile="http").sent(100, 3).heard(101, 3)
    whole.ended(262, marker="body").socket_closed(264).end(266).leave(1000)
    assert findings(RULE, whole, behaviour=REASONS) == []
    assert len(findings(RULE, failed(how="fin", profile="http"), behaviour=REASONS)) == 1


def test_a_marker_that_the_target_does_not_know_is_no_case() -> None:
    story = Story().speak(0).start(3).opened(5).sent(100, 3).heard(101, 3)
    story.ended(262, marker="json:type=done").socket_closed(264).end(266).leave(1000)
    assert exposures(RULE, story, behaviour=REASONS) == {}


@pytest.mark.parametrize("sentences", [(0,), (0, 1)])
def test_an_attempt_that_was_made_good_counts_no_more(sentences: tuple[int, ...]) -> None:
    story = Story().speak(0, sentences=2).start(3)
    story.opened(5, exchange=1, sentences=sentences).failed(20, 1).socket_closed(21, 1)
    for number in sentences:
        exchange = 2 + number
        story.opened(30, exchange=exchange, sentences=(number,)).ended(300, exchange)
        story.socket_closed(301, exchange)
    assert findings(RULE, story.end(303).leave(1000), behaviour=REASONS) == []


def test_of_two_hedged_requests_the_one_that_answers_is_enough() -> None:
    story = Story().speak(0).start(3).opened(5, exchange=1).opened(6, exchange=2)
    story.ended(262, 1).released(263, 2).socket_closed(264, 1).socket_closed(264, 2)
    assert findings(RULE, story.end(266).leave(1000), behaviour=REASONS) == []


def test_each_segment_has_to_be_said() -> None:
    story = Story().speak(0, sentences=2).start(3).opened(5, exchange=1).ended(100, 1)
    story.opened(110, exchange=2, sentences=(1,)).failed(200, 2).socket_closed(201, 2)
    assert len(findings(RULE, story.end(203).leave(1000), behaviour=REASONS)) == 1


@pytest.mark.parametrize(("ended_ms", "count"), [(516, 0), (517, 1)])
def test_the_ledger_may_note_the_marker_a_little_later_than_the_sut(
    ended_ms: float, count: int
) -> None:
    story = Story().speak(0).start(3).opened(5).sent(100, 3).heard(101, 3).end(266)
    story.ended(ended_ms).socket_closed(ended_ms + 1).leave(1000)
    assert len(findings(RULE, story, behaviour=REASONS)) == count


def test_a_client_that_left_and_an_unknown_word_are_no_cases() -> None:
    left = Story().begun(0, 300).leave(300).let_go(302).end(303)
    assert exposures(RULE, left, behaviour=REASONS) == {}
    assert exposures(RULE, failed(how="rst", reason="over"), behaviour=REASONS) == {}


def test_it_is_not_applicable_where_the_protocol_carries_no_reason() -> None:
    assert verdict(RULE, failed(how="rst")) is Verdict.NOT_APPLICABLE


def test_it_needs_the_ledger() -> None:
    told = verdict(RULE, Story().voiced(0).leave(1000), behaviour=REASONS, vantages="C")
    assert told is Verdict.NOT_OBSERVABLE
