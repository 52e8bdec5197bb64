"""ISO-1 by stories."""

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import all_findings, exposures, finding, findings, verdict
from suites.selftest.harness.story import FRAME, Story, key

RULE = "ISO-1"


def test_a_session_that_hears_itself_passes() -> None:
    story = Story(sessions=(1, 2)).voiced(0).voiced(3, session=2)
    story.leave(1000).leave(1000, session=2)
    assert all_findings(story) == {}
    assert exposures(RULE, story) == {"fewer at once": 2}


def test_audio_of_another_session_fails() -> None:
    story = Story(sessions=(1, 2)).voiced(0).voiced(3, session=2)
    story.audio(200, (key(1, session=2), 0, FRAME)).leave(1000).leave(1000, session=2)
    assert finding(RULE, story) == (
        "1920 samples (80 ms) of message m1 of s2 reached s1. Allowed: 0."
    )


def test_a_signal_of_another_session_fails() -> None:
    story = Story().voiced(0).stray(200, "stream.end of s2-m1").leave(1000)
    assert finding(RULE, story) == (
        "s1 got a signal of a message that is not its own: stream.end of s2-m1. Allowed: none."
    )


def test_a_signal_of_a_message_that_nobody_asked_for_fails() -> None:
    assert "not its own: m9" in finding(RULE, Story().voiced(0).start(400, 9).leave(1000))


def test_a_late_signal_of_an_own_message_is_another_rules_matter() -> None:
    story = Story().voiced(0).voiced(5000, message=2).end(9000).leave(9500)
    assert findings(RULE, story) == []


def test_streams_without_identity_are_never_a_breach() -> None:
    story = Story().audio(0, (200, 0, FRAME), message=None).voiced(100).leave(1200)
    assert findings(RULE, story) == []


def test_sixteen_at_once_are_counted_by_themselves() -> None:
    numbers = tuple(range(1, 17))
    story = Story(scenario="sixteen_sessions", sessions=numbers)
    for number in numbers:
        story.voiced(number, session=number).leave(1000, session=number)
    assert exposures(RULE, story) == {"16 at once": 16}
    assert all_findings(story) == {}


def test_a_session_without_messages_is_no_exposure() -> None:
    assert exposures(RULE, Story().leave(100)) == {}


def test_without_marks_it_cannot_be_observed() -> None:
    declared = {"fidelity": "none"}
    assert verdict(RULE, Story().voiced(0), behaviour=declared) is Verdict.NOT_OBSERVABLE
