"""EOS-4 by stories."""

import pytest

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import (
    all_findings,
    exposures,
    finding,
    findings,
    unjudged,
    verdict,
)
from suites.selftest.harness.story import Story
from suites.selftest.harness.wide_story import WideStory

RULE = "EOS-4"


def spoken(*, ended_ms: float = 262, end_ms: float) -> Story:
    """Three frames, the last heard at 261 ms."""
    story = Story().speak(0).start(3).opened(5).sent(100, 3).heard(101, 3)
    return story.ended(ended_ms).socket_closed(ended_ms + 2).end(end_ms).leave(end_ms + 600)


def silent(fault: str, *, end_ms: float, frames: int = 2) -> Story:
    story = Story().speak(0).start(3).opened(5, fault=fault)
    if frames:
        story.sent(100, frames).heard(101, frames)
    return story.end(end_ms, reason="timeout").let_go(end_ms).leave(end_ms + 600)


@pytest.mark.parametrize(("end_ms", "count"), [(1262, 0), (1263, 1)])
def test_the_upstreams_end_must_be_told_within_1000_ms(end_ms: float, count: int) -> None:
    assert len(findings(RULE, spoken(end_ms=end_ms))) == count


def test_the_sentence_says_how_late() -> None:
    assert finding(RULE, spoken(end_ms=3262)) == (
        "the end signal of message m1 of s1 came 3000 ms after the upstream's end. Limit: 1000 ms."
    )


def test_the_last_audio_at_the_client_counts_where_it_came_later_than_the_upstreams_end() -> None:
    story = Story().speak(0).start(3).opened(5, frames=20).sent(100, 20, every_ms=1)
    story.heard(101, 20).ended(125).socket_closed(126).end(1640).leave(2300)
    assert all_findings(story) == {}  # a SUT that paces: its last frame came at 1621


@pytest.mark.parametrize(("stop_ms", "end_ms", "count"), [(300, 1302, 0), (300, 1303, 1)])
def test_stop_counts_from_its_effective_fence(stop_ms: float, end_ms: float, count: int) -> None:
    story = Story().begun(0, stop_ms).stop(stop_ms).let_go(stop_ms + 2)
    story.end(end_ms, reason="stopped").leave(end_ms + 600)
    found = findings(RULE, story)
    assert len(found) == count
    assert all("ms after STOP had reached the SUT. Limit" in sentence for sentence in found)
    assert exposures(RULE, story) == {"STOP": 1}


def test_a_superseded_message_counts_from_the_fence_of_the_next_speak() -> None:
    story = Story().begun(0, 300).let_go(303).voiced(300, message=2)
    story.end(1403, reason="superseded").leave(2500)
    assert finding(RULE, story) == (
        "the end signal of message m1 of s1 came 1101 ms after the superseding message"
        " had reached the SUT. Limit: 1000 ms."
    )


def test_a_message_that_is_superseded_while_its_end_is_on_the_way_is_in_time() -> None:
    story = Story().latency(-500, 4000, link="client", latency_ms=180)
    story.speak(0, pong_after_ms=361).start(363).opened(185).sent(280, 3).heard(461, 3)
    story.ended(442).socket_closed(445).end(624)  # sent by the SUT at 444
    story.speak(600, 2, pong_after_ms=361).start(963, 2).opened(785, 2).sent(880, 3, 2)
    story.heard(1061, 3, 2).ended(1042, 2).socket_closed(1045, 2).end(1224, 2).leave(2500)
    assert all_findings(story) == {}
    assert exposures(RULE, story) == {"ended": 2}


def test_a_message_that_was_overdue_when_it_was_superseded_has_been_ended_too_late() -> None:
    story = Story().speak(0).start(3).opened(5, fault="stall_mid_stream").sent(100, 2)
    story.heard(101, 2).voiced(5000, message=2).end(5003, reason="superseded").let_go(5003)
    assert finding(RULE, story.leave(6000)) == (
        "the end signal of message m1 of s1 came 4822 ms after the upstream's last byte."
        " Limit: 2000 ms."
    )
    assert exposures(RULE, story) == {"stall_mid_stream": 1, "ended": 1}


@pytest.mark.parametrize("fault", ["stall_before_first_byte", "stall_mid_stream", "missing_marker"])
@pytest.mark.parametrize(("end_after_ms", "count"), [(2000, 0), (2002, 1)])
def test_a_silent_upstream_is_given_up_within_the_idle_time_and_a_second(
    fault: str, end_after_ms: float, count: int
) -> None:
    frames = 0 if fault == "stall_before_first_byte" else 2
    last_ms = 181 if frames else 5
    story = silent(fault, end_ms=last_ms + end_after_ms, frames=frames)
    assert len(findings(RULE, story)) == count
    assert exposures(RULE, story) == {fault: 1}


def test_the_first_byte_may_have_a_budget_of_its_own() -> None:
    story = silent("stall_before_first_byte", end_ms=4000, frames=0)
    assert "Limit: 2000 ms" in finding(RULE, story)
    assert findings(RULE, story, behaviour={"first_byte_ms": 3000}) == []


def test_it_is_never_measured_from_the_request() -> None:
    story = Story().speak(0).start(3).opened(5000).sent(5100, 3).heard(5101, 3)
    story.ended(5262).socket_closed(5265).end(5270).leave(6000)
    assert findings("EOS-4", story) == []


@pytest.mark.parametrize("fault", ["abrupt_reset", "error_status"])
def test_a_failure_counts_from_the_failure(fault: str) -> None:
    story = Story().speak(0).start(3)
    if fault == "error_status":
        story.refused(20)
    else:
        story.opened(5, fault=fault).failed(20)
    story.socket_closed(21).error(1020).end(1022, reason="upstream_error").leave(1800)
    assert finding(RULE, story) == (
        "the end signal of message m1 of s1 came 1002 ms after the upstream's failure."
        " Limit: 1000 ms."
    )
    assert exposures(RULE, story) == {fault: 1}


def test_of_two_prefetched_segments_the_one_that_ends_last_counts() -> None:
    story = Story().speak(0, sentences=2).start(3)
    story.opened(5, exchange=1, frames=20).opened(6, exchange=2, frames=2, sentences=(1,))
    story.ended(400, 2).socket_closed(405, 2).ended(1700, 1).socket_closed(1705, 1)
    story.end(2600).leave(3300)
    assert findings(RULE, story) == []


def test_an_end_signal_that_never_comes_fails_when_the_client_has_waited_for_it() -> None:
    story = Story().speak(0).start(3).opened(5).sent(100, 3).heard(101, 3).ended(262)
    story.socket_closed(264)
    assert findings(RULE, story.leave(1262)) == []
    late = Story().speak(0).start(3).opened(5).sent(100, 3).heard(101, 3).ended(262)
    late.socket_closed(264).leave(1300)
    assert finding(RULE, late) == (
        "the end signal of message m1 of s1 had not come 1038 ms after the upstream's end."
        " Limit: 1000 ms."
    )


def test_playback_counts_from_the_end_of_playing() -> None:
    story = Story().speak(0).start(3).opened(5, frames=20).sent(100, 20, every_ms=1)
    story.heard(101, 20, every_ms=1).ended(125).socket_closed(126)
    story.end(101 + 200 + 1600 + 1000).leave(4000)
    assert findings(RULE, story, behaviour={"end_signal": "playback"}) == []
    assert len(findings(RULE, story)) == 1


def test_a_stall_of_a_link_after_the_cause_gives_as_much_more_time() -> None:
    story = Story().fault(250, 850, name="network_stall", link="client")
    story.speak(0).start(3).opened(5).sent(100, 3).heard(101, 2).heard(851, 1, first_frame=2)
    story.ended(262).socket_closed(264).end(852).leave(1500)
    assert findings(RULE, story) == []
    late = spoken(end_ms=1800).fault(300, 900, name="network_stall", link="upstream")
    assert findings(RULE, late) == []


def test_latency_on_both_links_is_taken_off_where_the_canary_proves_it() -> None:
    story = spoken(end_ms=1380)
    assert len(findings(RULE, story)) == 1
    story.latency(-500, 3000, link="upstream", latency_ms=120)
    assert findings(RULE, story) == []


def test_a_client_that_left_has_seen_nothing_that_can_be_judged() -> None:
    story = Story().begun(0, 300).leave(300).let_go(302)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {}


def test_a_lost_connection_and_a_rejected_speak_are_no_exposures() -> None:
    assert exposures(RULE, Story().begun(0, 300).lost(310)) == {}
    assert exposures(RULE, Story().speak(0).error(5).leave(3000)) == {}


def test_without_the_ledger_only_commands_are_exposures() -> None:
    heard = Story().speak(0).start(3).heard(101, 3).end(3000).leave(3600)
    assert exposures(RULE, heard, vantages="C") == {}
    stopped = Story().speak(0).start(3).heard(101, 3).stop(300).end(303).leave(1000)
    assert exposures(RULE, stopped, vantages="C") == {"STOP": 1}
    assert verdict(RULE, stopped, vantages="C") is Verdict.INCONCLUSIVE


def test_a_healthy_stream_that_the_sut_let_go_of_is_another_rules_matter() -> None:
    story = Story().speak(0).start(3).opened(5, frames=40).sent(100, 2).heard(101, 2)
    story.let_go(300).end(3000).leave(3600)
    assert exposures(RULE, story) == {}


def test_a_record_that_was_cut_says_nothing_before_the_limit() -> None:
    story = Story().begun(0, 300).stop(300).later(1000)
    assert unjudged(RULE, story, state="running") == {"cut": 1}
    assert len(findings(RULE, story.later(1310), state="running")) == 1


def test_the_target_may_declare_other_limits() -> None:
    story = spoken(end_ms=2000)
    assert findings(RULE, story, limits={RULE: {"explicit_ms": 2000}}) == []


@pytest.mark.parametrize(("end_ms", "count"), [(1302, 0), (1303, 1)])
def test_a_cleanup_counts_from_its_first_answer(end_ms: float, count: int) -> None:
    story = WideStory().begun(0, 300).cleanup(300, answer_after_ms=2).let_go(301)
    found = findings(RULE, story.end(end_ms, reason="cleanup").leave(2000))
    sentence = "the end signal of message m1 of s1 came 1001 ms after the answer of the cleanup"
    assert found == [f"{sentence} hook. Limit: 1000 ms."][:count]
    assert exposures(RULE, story) == {"cleanup": 1}


def test_a_cleanup_that_overtakes_the_speak_before_it_is_no_cause() -> None:
    story = WideStory().speak(0, pong_after_ms=90).cleanup(10, times=1).start(93).opened(95)
    story.sent(200, 20).heard(201, 20).ended(1800).socket_closed(1802).end(1810).leave(3000)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"ended": 1}
