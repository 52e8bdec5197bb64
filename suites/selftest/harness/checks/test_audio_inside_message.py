"""MSG-1 by stories."""

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import (
    all_findings,
    exposures,
    finding,
    findings,
    verdict,
)
from suites.selftest.harness.story import FRAME, Story, key

RULE = "MSG-1"


def superseded() -> Story:
    """m1 is superseded at 300 ms, its end signal comes at 304, the start of m2 at 305."""
    story = Story().begun(0, 300).speak(300, 2).let_go(303).end(304, reason="superseded")
    story.start(305, 2).opened(310, 2).sent(400, 3, 2).heard(401, 3, 2).ended(562, 2)
    return story.socket_closed(564, 2).end(565, 2)


def test_audio_while_its_message_is_open_passes() -> None:
    story = superseded().leave(1200)
    assert all_findings(story) == {}
    assert exposures(RULE, story) == {"rapid pair": 1, "message": 1}


def test_audio_of_the_old_message_until_its_end_signal_passes_also_after_the_new_speak() -> None:
    story = superseded().heard(303, 1, first_frame=3).leave(1200)
    assert findings(RULE, story) == []


def test_late_audio_in_the_same_burst_as_the_next_start_signal_counts_by_its_place() -> None:
    story = Story().begun(0, 300).speak(300, 2, pong_after_ms=None).let_go(303)
    story.heard(305, 1, first_frame=3).end(305, reason="superseded").start(305, 2)
    story.heard(305, 1, message=2).later(306)
    assert findings(RULE, story) == []


def test_audio_of_the_old_message_after_its_end_fails() -> None:
    story = superseded().audio(420, (key(1), 3 * FRAME, FRAME), message=2).leave(1200)
    assert finding(RULE, story) == (
        "1920 samples (80 ms) of message m1 reached s1 116 ms after its end signal, while the"
        " message was not open (open: m2). Allowed: 0."
    )


def test_audio_of_an_open_message_after_the_start_of_the_next_one_fails() -> None:
    story = Story().begun(0, 300).speak(300, 2).let_go(303).start(305, 2)
    story.audio(310, (key(1), 3 * FRAME, FRAME), message=2).end(312, reason="superseded")
    assert finding(RULE, story.leave(1200)) == (
        "1920 samples (80 ms) of message m1 reached s1 after the start signal of m2. Allowed: 0."
    )


def test_without_start_signals_the_first_audio_of_a_message_is_its_start() -> None:
    story = Story().speak(0).heard(101, 3, message=1).speak(300, 2)
    story.audio(400, (key(2), 0, FRAME), message=None)
    assert findings(RULE, story) == []
    story.audio(480, (key(1), 3 * FRAME, FRAME), message=None)
    assert "after the start signal of m2" in finding(RULE, story)


def test_audio_of_no_open_message_fails() -> None:
    story = Story().voiced(0).leave(1000).heard(400, 1, message=7)
    assert "(open: none)" in finding(RULE, story)


def test_one_span_is_one_breach_however_many_frames_it_has() -> None:
    story = Story().voiced(0).heard(400, 5, first_frame=3).leave(1200)
    assert "9600 samples (400 ms)" in finding(RULE, story)


def test_streams_without_identity_are_never_a_breach() -> None:
    story = Story().audio(0, (200, 0, FRAME)).voiced(100).audio(600, (200, FRAME, FRAME))
    assert findings(RULE, story.leave(1200)) == []


def test_audio_of_another_session_is_another_rules_matter() -> None:
    story = Story().voiced(0).audio(400, (key(1, session=9), 0, FRAME)).leave(1000)
    assert findings(RULE, story) == []


def test_one_upstream_text_of_two_messages_fails() -> None:
    story = Story().speak(0).start(3).opened(5, mixed=True).ended(300).end(302).leave(900)
    assert "held text of message m1 of s1 and of another message" in finding(RULE, story)


def test_two_messages_that_wait_in_a_queue_are_both_open() -> None:
    story = Story().begun(0, 340, frames=3).speak(100, 2).ended(262).socket_closed(264).end(265)
    story.start(266, 2).opened(267, 2).sent(360, 3, 2).heard(361, 3, 2).ended(522, 2)
    story.socket_closed(524, 2).end(525, 2).leave(1200)
    assert all_findings(story, behaviour={"on_new_message": "queue"}) == {}


def test_a_client_that_leaves_hears_the_rest_of_an_open_message() -> None:
    story = Story().begun(0, 300).leave(300).heard(341, 1, first_frame=3).let_go(350)
    assert findings(RULE, story) == []


def test_a_session_without_messages_is_no_exposure() -> None:
    assert exposures(RULE, Story().leave(100)) == {}


def test_where_audio_may_follow_the_end_or_has_no_marks_it_cannot_be_observed() -> None:
    for declared in ({"end_signal": "synthesis"}, {"fidelity": "none"}):
        assert verdict(RULE, Story().voiced(0), behaviour=declared) is Verdict.NOT_OBSERVABLE


def test_foreign_audio_fails_where_the_only_open_speak_was_rejected() -> None:
    story = Story().speak(0).error(4, code="busy").audio(50, message=None, foreign=480)
    said = findings(RULE, story.leave(1200), behaviour={"on_new_message": "reject"})
    assert [line.split(" of no stream")[0] for line in said] == ["480 samples (20 ms)"]
