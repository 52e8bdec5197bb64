"""STOP-1 by stories."""

import pytest

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import (
    all_findings,
    exposures,
    finding,
    findings,
    judged_by,
    unjudged,
    verdict,
)
from suites.selftest.harness.story import FRAME, Story, key

RULE = "STOP-1"


def stopped(
    *late_ms: float, at_ms: float = 300, pong_after_ms: float | None = 2, end_ms: float = 900
) -> Story:
    """A message that is stopped at ``at_ms``; frames of it still come at the times given."""
    story = Story().begun(0, at_ms).stop(at_ms, pong_after_ms=pong_after_ms).let_go(at_ms + 2)
    for place, moment in enumerate(late_ms):
        story.heard(moment, 1, first_frame=3 + place)
    return story.end(end_ms, reason="stopped").leave(end_ms + 600)


def test_silence_after_stop_passes_in_each_phase() -> None:
    requested = Story().stopped(0, 60)
    streaming = Story().stopped(0, 300)
    draining = Story().voiced(0).stop(355)
    for phase, story in (
        ("requested", requested),
        ("streaming", streaming),
        ("draining", draining),
    ):
        assert all_findings(story.leave(1200)) == {}
        assert exposures(RULE, story) == {phase: 1}


@pytest.mark.parametrize(("late_ms", "count"), [(452, 0), (453, 1)])
def test_audio_may_come_for_150_ms_after_the_effective_fence(late_ms: float, count: int) -> None:
    assert len(findings(RULE, stopped(late_ms))) == count


def test_the_sentence_says_how_much_came_and_how_late() -> None:
    assert finding(RULE, stopped(310, 390, 470)) == (
        "message m1 of s1 was stopped while streaming; 3 audio frames (240 ms) arrived up to"
        " 168 ms after STOP had reached the SUT. Limit: 150 ms."
    )


def test_stop_at_80_percent_of_its_limit_passes() -> None:
    story = stopped(341, 421, end_ms=422)
    assert all_findings(story) == {}


def test_more_than_200_ms_of_audio_fail_though_none_is_late() -> None:
    assert findings(RULE, stopped(310, 311)) == []
    assert finding(RULE, stopped(310, 311, 312)).endswith("Limit: 200 ms of audio.")


def test_the_amount_does_not_count_where_the_sut_runs_far_ahead() -> None:
    story = Story().speak(0).start(3).opened(5, frames=40).sent(100, 20, every_ms=10)
    story.heard(101, 20, every_ms=10).stop(300).let_go(302)
    story.heard(303, 5, first_frame=20, every_ms=1).end(320).leave(1000)
    assert findings(RULE, story) == []


def test_an_amount_is_excused_by_lag_times_pace() -> None:
    story = stopped(310, 311, 312).lag(400, 25)
    rule = judged_by(RULE, story)
    assert not rule.findings
    assert rule.excused[0].deadline is not None
    assert rule.excused[0].deadline.measured_ms == 240


def test_audio_that_was_under_way_before_the_pong_is_no_breach() -> None:
    story = Story().latency(-500, 3000, link="client", latency_ms=180)
    story.speak(0, pong_after_ms=361).start(363).opened(185, frames=40).sent(280, 7)
    story.heard(461, 7).stop(600, pong_after_ms=361).let_go(781)  # the last one comes at 941
    story.end(963, reason="stopped").leave(1600)
    assert all_findings(story) == {}


def test_a_relay_that_reads_the_fence_late_is_held_to_the_cap() -> None:
    story = stopped(*range(380, 2300, 80), pong_after_ms=2000, end_ms=2302)
    assert finding(RULE, story).startswith(
        "message m1 of s1 was stopped while streaming; 23 audio frames (1840 ms)"
    )  # from 452 ms on: STOP, an idle round trip of 2 ms, 150 ms


def test_the_canary_says_how_far_away_the_sut_was_when_the_pong_is_late() -> None:
    story = stopped(*range(380, 700, 80), pong_after_ms=900, end_ms=1302)
    assert len(findings(RULE, story)) == 1
    far = stopped(*range(380, 700, 80), pong_after_ms=900, end_ms=1302)
    assert findings(RULE, far.latency(-500, 2000, link="client", latency_ms=100)) == []


def test_a_stall_of_the_clients_link_holds_stop_and_audio_and_pong_back() -> None:
    story = Story().fault(290, 890, name="network_stall", link="client")
    story.canary(0, 290, link="client", rtt_ms=1)
    story.canary(300, 400, link="client", rtt_ms=591).canary(891, 1500, link="client", rtt_ms=1)
    story.begun(0, 290).stop(300, pong_after_ms=592).heard(891, 7, first_frame=3, every_ms=0)
    story.let_go(892).end(892, reason="stopped").leave(1500)
    assert all_findings(story) == {}


def test_audio_of_the_next_message_is_not_of_the_stopped_one() -> None:
    story = Story().stopped(0, 300).voiced(310, message=2).leave(1500)
    assert findings(RULE, story) == []


def test_marks_count_more_than_labels() -> None:
    story = Story().stopped(0, 300).voiced(310, message=2)
    story.audio(500, (key(1), 3 * FRAME, FRAME), message=2).leave(1500)
    assert findings(RULE, story) == []  # it came after the end signal: EOS-2
    assert set(all_findings(story)) == {"EOS-2", "MSG-1"}


def test_audio_after_the_end_signal_is_reported_by_another_rule() -> None:
    story = Story().stopped(0, 300).heard(600, 4, first_frame=3).leave(1500)
    assert findings(RULE, story) == []


def test_pauses_are_no_audio() -> None:
    story = stopped().audio(700, zeros=FRAME)
    assert findings(RULE, story) == []


def test_a_message_that_was_not_stopped_is_no_exposure() -> None:
    assert exposures(RULE, Story().voiced(0).leave(1000)) == {}
    idle = Story().voiced(0).stop(600).leave(1300)
    assert exposures(RULE, idle) == {}


def test_a_stop_meets_the_message_that_is_not_superseded() -> None:
    story = Story().begun(0, 300).speak(300, 2).let_go(303).end(303, reason="superseded")
    story.start(304, 2).opened(306, 2).stop(340).let_go(342, 2).end(343, 2, reason="stopped")
    assert all_findings(story.leave(1000)) == {}
    assert exposures(RULE, story) == {"requested": 1}


def test_a_breach_is_a_breach_in_a_record_that_was_cut_too() -> None:
    story = Story().begun(0, 300).stop(300).heard(700, 1, first_frame=3)
    assert len(findings(RULE, story, state="running")) == 1
    quiet = Story().begun(0, 300).stop(300).later(400)
    assert unjudged(RULE, quiet, state="running") == {"cut": 1}


def test_the_client_alone_can_see_it_but_not_where_audio_may_follow_the_end() -> None:
    story = stopped(700)
    assert verdict(RULE, story, vantages="C") is Verdict.FAIL
    declared = {"end_signal": "synthesis"}
    assert verdict(RULE, story, behaviour=declared) is Verdict.NOT_OBSERVABLE
