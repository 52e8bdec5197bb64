"""MSG-3 by stories."""

import pytest

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import exposures, finding, findings, verdict
from suites.selftest.harness.story import Story, key

RULE = "MSG-3"


def pair(*, end_ms: float, start_ms: float = 303) -> Story:
    """Message 2 supersedes message 1 at 300 ms; its start and the end of message 1 may move."""
    story = Story().begun(0, 300).let_go(302).end(end_ms, reason="superseded")
    story.speak(300, 2).start(start_ms, 2).opened(305, 2).sent(400, 3, 2).heard(401, 3, 2)
    return story.ended(562, 2).socket_closed(563, 2).end(566, 2).leave(2000)


def test_messages_that_follow_each_other_pass() -> None:
    assert findings(RULE, pair(end_ms=302)) == []
    assert exposures(RULE, pair(end_ms=302)) == {"rapid pair": 1, "message": 1}


def test_an_end_signal_behind_the_next_start_fails() -> None:
    assert finding(RULE, pair(end_ms=310)) == (
        "message m1 of s1 ended 7 ms after the start signal of m2. Expected: the end of the one"
        " before the start of the next."
    )


def test_an_end_signal_that_waits_for_the_playing_may_come_later() -> None:
    assert findings(RULE, pair(end_ms=310), behaviour={"end_signal": "playback"}) == []


def test_audio_before_its_start_signal_fails() -> None:
    story = Story().speak(0).opened(5).sent(100, 3).heard(101, 3).start(150).ended(262)
    story.socket_closed(264).end(266).leave(1000)
    assert finding(RULE, story) == ("message m1 of s1 was heard 49 ms before its start signal.")


def test_audio_in_the_same_read_behind_its_start_signal_passes() -> None:
    story = Story().speak(0).opened(5).sent(100, 3).start(101).heard(101, 3).ended(262)
    assert findings(RULE, story.socket_closed(264).end(266).leave(1000)) == []


def test_a_second_message_that_is_heard_before_its_start_fails() -> None:
    assert "m2 of s1 was heard 19 ms before its start" in finding(
        RULE, pair(end_ms=302, start_ms=420)
    )


def test_a_second_start_signal_fails() -> None:
    story = Story().voiced(0).start(200).leave(1000)
    assert finding(RULE, story) == (
        "message m1 of s1 got 2 start signals, 197 ms apart. Expected exactly 1."
    )


def test_a_start_signal_after_the_end_is_another_rules_matter() -> None:
    assert findings(RULE, Story().voiced(0).start(400).leave(1000)) == []


def test_a_message_without_a_start_fails_where_others_have_one() -> None:
    story = Story().voiced(0).speak(1000, 2).opened(1005, 2).sent(1100, 3, 2)
    story.heard(1101, 3, 2).ended(1262, 2).socket_closed(1264, 2).end(1266, 2).leave(2000)
    assert "message m2 of s1 was heard without a start signal" in finding(RULE, story)


def test_a_message_that_was_stopped_before_its_audio_needs_no_start() -> None:
    story = Story().voiced(0).speak(1000, 2).stop(1010).end(1013, 2, reason="stopped").leave(2000)
    assert findings(RULE, story) == []


def test_a_protocol_without_start_signals_passes() -> None:
    story = Story()
    for message in (1, 2):
        at_ms = 1000 * message
        story.speak(at_ms, message).opened(at_ms + 5, message).sent(at_ms + 100, 3, message)
        story.heard(at_ms + 101, 3, message).ended(at_ms + 262, message)
        story.socket_closed(at_ms + 264, message).end(at_ms + 266, message)
    assert findings(RULE, story.leave(4000)) == []


def test_audio_in_anothers_turn_is_another_rules_matter() -> None:
    story = pair(end_ms=302).audio(450, (key(1), 5760, 100), message=1)
    assert findings(RULE, story) == []


def test_a_rejected_speak_has_no_place_to_be_in() -> None:
    story = (
        Story().begun(0, 300, frames=3).speak(150, 2).error(152, 2).ended(350).socket_closed(351)
    )
    story.end(355).leave(1000)
    assert exposures(RULE, story, behaviour={"on_new_message": "reject"}) == {"rapid pair": 1}
    assert findings(RULE, story, behaviour={"on_new_message": "reject"}) == []


def test_a_queue_in_turn_passes() -> None:
    story = Story().begun(0, 300, frames=3).speak(150, 2).ended(350).socket_closed(351).end(355)
    story.start(356, 2).opened(360, 2).sent(400, 3, 2).heard(401, 3, 2).ended(562, 2)
    story.socket_closed(563, 2).end(566, 2).leave(2000)
    assert findings(RULE, story, behaviour={"on_new_message": "queue"}) == []


def test_the_clients_eyes_are_enough() -> None:
    assert len(findings(RULE, pair(end_ms=310), vantages="C")) == 1


@pytest.mark.parametrize("end_ms", [302, 310])
def test_where_the_end_signal_is_the_upstreams_nothing_can_be_said(end_ms: float) -> None:
    told = verdict(RULE, pair(end_ms=end_ms), behaviour={"end_signal": "synthesis"})
    assert told is Verdict.NOT_OBSERVABLE
