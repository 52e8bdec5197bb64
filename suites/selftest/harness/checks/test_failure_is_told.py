"""ERR-1 by stories."""

import pytest

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import exposures, finding, findings, unjudged, verdict
from suites.selftest.harness.story import Story

RULE = "ERR-1"
REASONS = {"reasons": {"completed": "completed", "broken": "upstream_error", "late": "timeout"}}


def failed(*, how: str = "rst", fault: str = "abrupt_reset", profile: str = "ws") -> Story:
    """The upstream fails at 265 ms."""
    story = Story().speak(0).start(3).opened(5, fault=fault, frames=20, profile=profile)
    return story.sent(100, 3).heard(101, 3).failed(265, how=how).socket_closed(266)


@pytest.mark.parametrize("profile", ["ws", "http"])
@pytest.mark.parametrize("how", ["rst", "fin", "close 1000", "close 1011", "error message"])
def test_a_failure_without_a_word_fails(how: str, profile: str) -> None:
    story = failed(how=how, profile=profile).end(268).leave(1000)
    assert finding(RULE, story) == (
        f"message m1 of s1: the upstream failed ({how}), and its client got no error; the end"
        ' signal said "completed". Expected: one of the two.'
    )
    assert exposures(RULE, story) == {"abrupt_reset": 1}


def test_an_error_frame_tells_it() -> None:
    story = failed().error(267).end(268).leave(1000)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"abrupt_reset": 1}


@pytest.mark.parametrize(("reason", "count"), [("broken", 0), ("late", 0), ("completed", 1)])
def test_the_reason_of_the_end_signal_tells_it(reason: str, count: int) -> None:
    story = failed().end(268, reason=reason).leave(1000)
    assert len(findings(RULE, story, behaviour=REASONS)) == count


@pytest.mark.parametrize(("error_ms", "count"), [(267, 0), (600, 1)])
def test_an_error_that_names_no_message_tells_it_while_the_message_is_open(
    error_ms: float, count: int
) -> None:
    story = failed().error(error_ms, None).end(268).leave(1000)
    assert len(findings(RULE, story)) == count


def test_a_refusal_is_a_failure() -> None:
    story = Story().speak(0).start(3).refused(20).socket_closed(22).end(26).leave(1000)
    assert "the upstream failed (status 503)" in finding(RULE, story)
    assert exposures(RULE, story) == {"error_status": 1}


def test_a_refusal_that_nobody_waited_for_is_none() -> None:
    story = Story().speak(0).start(3).stop(10).refused(20, status=499).socket_closed(22)
    assert exposures(RULE, story.end(26).leave(1000)) == {}


@pytest.mark.parametrize(("left_ms", "count"), [(1265, 0), (1266, 1)])
def test_a_failure_without_any_sign_is_given_1000_ms(left_ms: float, count: int) -> None:
    found = findings(RULE, failed().leave(left_ms))
    sentence = (
        "message m1 of s1: the upstream failed (rst), and 1001 ms later its client had got neither"
        " an error nor an end signal. Limit: 1000 ms."
    )
    assert found == [sentence][:count]


def test_a_command_that_comes_before_the_limit_ends_the_waiting_and_a_later_one_does_not() -> None:
    soon = failed().stop(600).end(603, reason="stopped").leave(2000)
    assert exposures(RULE, soon) == {}
    late = failed().stop(5000).end(5003, reason="stopped").leave(6000)
    assert "4735 ms later" in finding(RULE, late)


def test_where_the_playing_is_awaited_so_is_the_word() -> None:
    playback = {"end_signal": "playback"}
    assert findings(RULE, failed().leave(265 + 1000 + 240 + 200), behaviour=playback) == []
    assert len(findings(RULE, failed().leave(1710), behaviour=playback)) == 1


def test_what_the_links_hold_back_is_given() -> None:
    story = failed().latency(-500, 3000, link="client", latency_ms=180).leave(1400)
    assert findings(RULE, story) == []
    story = failed().fault(300, 800, name="network_stall", link="client").leave(1700)
    assert findings(RULE, story) == []


@pytest.mark.parametrize("declared", ["retry_before_audio", "restart", "resume"])
def test_an_attempt_that_makes_it_good_needs_no_word(declared: str) -> None:
    story = Story().speak(0).start(3).opened(5, exchange=1, fault="abrupt_reset").failed(20, 1)
    story.socket_closed(21, 1).opened(30, exchange=2, count=1).sent(100, 3, exchange=2, count=1)
    story.ended(340, 2).socket_closed(341, 2).end(343).leave(1000)
    assert exposures(RULE, story, behaviour={"on_upstream_failure": declared}) == {}


def test_a_last_attempt_that_fails_too_needs_one() -> None:
    story = Story().speak(0).start(3).opened(5, exchange=1, fault="abrupt_reset").failed(20, 1)
    story.socket_closed(21, 1).opened(30, exchange=2, count=1).failed(40, 2).socket_closed(41, 2)
    assert len(findings(RULE, story.end(43).leave(1000))) == 1


@pytest.mark.parametrize("fault", ["stall_mid_stream", "missing_marker"])
def test_silence_is_no_visible_failure(fault: str) -> None:
    story = Story().speak(0).start(3).opened(5, fault=fault).sent(100, 3).heard(101, 3)
    assert exposures(RULE, story.end(1262).let_go(1262).leave(2000)) == {}


@pytest.mark.parametrize("fault", ["marker_twice", "marker_before_last_audio", "pause_mid_stream"])
def test_a_fault_that_ends_by_a_marker_is_no_failure(fault: str) -> None:
    story = Story().speak(0).start(3).opened(5, fault=fault).sent(100, 3).heard(101, 3)
    assert exposures(RULE, story.ended(262).socket_closed(264).end(266).leave(1000)) == {}


def test_a_polite_close_is_no_failure_where_it_is_an_ending() -> None:
    story = failed(how="close 1000").end(268).leave(1000)
    assert exposures(RULE, story, behaviour={"end_markers": ["text", "close"]}) == {}


def test_a_failure_after_the_message_had_ended_is_nobodys() -> None:
    assert exposures(RULE, failed().end(264, reason="timeout").leave(1000)) == {}


def test_a_stream_that_our_own_reset_cut_off_has_failed_too() -> None:
    story = Story().begun(0, 300).fault(290, 310, name="network_reset", link="upstream")
    story.released(300, how="fin").socket_closed(301).end(303).leave(1000)
    assert "its connection was reset" in finding(RULE, story)
    assert exposures(RULE, story) == {"cut off": 1}


def test_a_healthy_stream_that_the_sut_let_go_of_is_no_failure() -> None:
    assert exposures(RULE, Story().begun(0, 300).let_go(302).end(303).leave(1000)) == {}


def test_a_record_that_was_cut_says_nothing_before_the_limit() -> None:
    assert unjudged(RULE, failed().later(800), state="running") == {"cut": 1}


def test_it_needs_the_ledger() -> None:
    assert verdict(RULE, failed().leave(3000), vantages="C") is Verdict.NOT_OBSERVABLE
