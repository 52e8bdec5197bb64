"""EOS-2 by stories."""

import pytest

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import all_findings, exposures, finding, findings, verdict
from suites.selftest.harness.story import FRAME, Story, key

RULE = "EOS-2"


def test_nothing_after_the_end_signal_passes() -> None:
    story = Story().voiced(0).leave(1000)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"ended": 1}


def test_audio_after_the_end_signal_fails() -> None:
    story = Story().voiced(0).heard(390, 2, first_frame=3).leave(1000)
    assert finding(RULE, story) == (
        "2 audio frames (160 ms) of message m1 of s1 came 30 to 110 ms after its end signal"
        ' "completed". Allowed: 0.'
    )


def test_audio_in_the_same_burst_as_the_end_signal_counts_by_its_place() -> None:
    before = Story().voiced(0).heard(360, 1, first_frame=3)
    assert len(findings(RULE, before)) == 1  # told after the end signal of the same ms
    after = Story().heard(360, 1, first_frame=3).voiced(0)
    assert findings(RULE, after) == []


def test_audio_under_the_next_messages_label_fails_by_its_marks() -> None:
    story = Story().stopped(0, 300).voiced(310, message=2)
    story.audio(420, (key(1), 3 * FRAME, FRAME), message=2).leave(2000)
    assert len(findings(RULE, story)) == 1


def test_a_start_signal_after_the_end_fails() -> None:
    story = Story().voiced(0).start(372).leave(1000)
    assert finding(RULE, story) == (
        'message m1 of s1 got a start signal 12 ms after its end signal "completed". Allowed: none.'
    )


def test_an_error_after_the_end_fails_and_one_before_it_does_not() -> None:
    assert len(findings(RULE, Story().voiced(0).error(370).leave(1000))) == 1
    assert findings(RULE, Story().voiced(0).error(359).leave(1000)) == []


def test_the_error_that_answers_a_repeated_speak_is_no_breach() -> None:
    story = Story().voiced(0).speak(400).error(404, code="duplicate_message_id").leave(1200)
    assert all_findings(story) == {}


def test_metrics_and_unknown_frames_are_free() -> None:
    story = Story().voiced(0).event(370, "client", "other_received", {"kind": "metrics"}, session=1)
    assert findings(RULE, story.leave(1000)) == []


def test_audio_of_the_next_message_is_not_of_this_one() -> None:
    story = Story().voiced(0).voiced(370, message=2).leave(1500)
    assert findings(RULE, story) == []


def test_the_greeting_of_a_platform_is_never_a_breach() -> None:
    story = Story().voiced(0).audio(380, (200, 0, FRAME)).leave(1000)
    assert findings(RULE, story) == []


def test_comfort_noise_between_messages_is_a_breach_unless_it_is_declared() -> None:
    zeros = Story().voiced(0).audio(380, zeros=480).leave(1000)
    assert len(findings(RULE, zeros)) == 1
    assert findings(RULE, zeros, behaviour={"silence": "insert"}) == []
    noise = Story().voiced(0).audio(380, foreign=480).leave(1000)
    assert len(findings(RULE, noise)) == 1
    assert findings(RULE, noise, behaviour={"extra_audio": "allowed"}) == []


def test_a_message_without_an_end_signal_is_no_exposure() -> None:
    story = Story().begun(0, 300).leave(300)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {}


def test_where_the_end_signal_may_precede_audio_it_cannot_be_observed() -> None:
    story = Story().voiced(0).leave(1000)
    assert verdict(RULE, story, behaviour={"end_signal": "synthesis"}) is Verdict.NOT_OBSERVABLE


@pytest.mark.parametrize("kind", ["start", "error"])
def test_a_signal_long_after_the_message_was_judged_is_a_breach(kind: str) -> None:
    story = Story().voiced(0).later(4000)
    story = story.start(5360) if kind == "start" else story.error(5360)
    assert finding(RULE, story.leave(6500)) == (
        f"message m1 of s1 got a {kind} signal 5000 ms after its end signal"
        ' "completed". Allowed: none.'
    )
