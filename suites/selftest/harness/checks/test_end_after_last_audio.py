"""EOS-3 by stories."""

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import (
    all_findings,
    exposures,
    finding,
    findings,
    unjudged,
    verdict,
)
from suites.selftest.harness.story import FRAME, Story, key
from suites.selftest.harness.wide_story import WideStory

RULE = "EOS-3"


def a_message(*, frames: int, heard: int) -> Story:
    story = Story().speak(0).start(3).opened(5, frames=frames)
    return story.sent(100, frames).heard(101, heard)


def test_a_message_delivered_whole_passes() -> None:
    story = Story().voiced(0).leave(1000)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"completed": 1}


def test_a_tail_that_is_missing_fails() -> None:
    story = a_message(frames=3, heard=2).ended(350).end(355).leave(1000)
    assert finding(RULE, story) == (
        'message m1 of s1 ended ("completed") with 1920 samples (80 ms) of 5760 not delivered'
        " before the end signal. Allowed: 0."
    )


def test_one_sample_is_enough() -> None:
    story = Story().speak(0).start(3).opened(5, frames=1).sent(100)
    story.audio(101, (key(), 0, FRAME - 1)).ended(110).end(112).leave(1000)
    assert "with 1 samples (0 ms) of 1920" in findings(RULE, story)[0]


def test_a_tail_that_comes_after_the_end_signal_is_missing_before_it() -> None:
    story = a_message(frames=3, heard=2).ended(350).end(255).heard(261, 1, first_frame=2)
    assert len(findings(RULE, story.leave(1000))) == 1


def test_a_pause_in_speech_that_is_taken_for_the_end_fails() -> None:
    story = Story().speak(0).start(3).opened(5, frames=30).sent(100, 2).heard(101, 2)
    story.end(600).let_go(602).leave(1500)
    assert "53760 samples (2240 ms) of 57600" in findings(RULE, story)[0]


def test_a_pause_at_the_very_end_of_the_stream_need_not_be_heard() -> None:
    story = Story().speak(0).start(3).opened(5, frames=3).sent(100, 2).heard(101, 2)
    assert findings(RULE, story.ended(350).end(355).leave(1000)) == []


def test_holding_one_chunk_and_sending_it_with_the_end_passes() -> None:
    story = Story().speak(0).start(3).opened(5, frames=3).sent(100, 3)
    story.heard(181, 2).ended(262).heard(265, 1, first_frame=2).end(265).socket_closed(266)
    assert all_findings(story.leave(1000), limits={"LAT-1": 150}) == {}


def test_each_segment_must_be_delivered() -> None:
    story = Story().speak(0, sentences=2).start(3)
    for sentence, at_ms in ((0, 5), (1, 300)):
        story.opened(at_ms, exchange=sentence + 1, frames=2, sentences=(sentence,))
        story.sent(at_ms + 95, 2, exchange=sentence + 1, sentence=sentence)
        story.ended(at_ms + 270, sentence + 1).socket_closed(at_ms + 275, sentence + 1)
    story.audio(101, (key(sentence=0), 0, FRAME))
    story.audio(401, (key(sentence=1), 0, 2 * FRAME)).end(580).leave(1400)
    assert "with 1920 samples (80 ms) of 3840" in findings(RULE, story)[0]


def test_a_failed_attempt_excuses_its_message() -> None:
    story = Story().speak(0).start(3).opened(5, exchange=1, frames=3).failed(20).socket_closed(20)
    story.opened(30, exchange=2, frames=3, count=1).sent(100, 3, exchange=2, count=1)
    story.audio(300, (key(count=1), 0, 2 * FRAME)).ended(340, 2).end(345).leave(1000)
    retry = {"on_upstream_failure": "retry_before_audio"}
    assert exposures(RULE, story, behaviour=retry) == {}


def given_up(end_ms: float, *, sent_again_ms: float | None = None) -> Story:
    """The upstream, planned for ten frames, falls silent at 180 ms; the SUT ends at ``end_ms``."""
    story = Story().speak(0).start(3).opened(5, frames=10).sent(100, 2).heard(101, 2)
    if sent_again_ms is not None:
        story.sent(sent_again_ms, 8, first_frame=2).ended(sent_again_ms + 600)
    return story.end(end_ms, reason="timeout").leave(end_ms + 600)


def held_back(end_ms: float, *, link: str) -> Story:
    """The same, but the upstream goes on, and it is the link that lets nothing through."""
    return given_up(end_ms, sent_again_ms=260).fault(200, 1500, name="network_stall", link=link)


def test_an_upstream_that_is_held_back_for_the_idle_time_may_be_given_up() -> None:
    story = held_back(1190, link="upstream")
    assert findings(RULE, story) == []
    assert unjudged(RULE, story) == {"link_fault": 1}
    assert len(findings(RULE, held_back(800, link="upstream"))) == 1
    assert len(findings(RULE, held_back(1190, link="client"))) == 1


def test_an_upstream_that_itself_was_late_by_the_idle_time_may_be_given_up() -> None:
    for story in (given_up(1190), given_up(1190, sent_again_ms=1150)):
        assert findings(RULE, story) == []
        assert unjudged(RULE, story) == {"environment": 1}
    assert len(findings(RULE, given_up(900))) == 1


def test_interrupted_failed_and_left_messages_are_no_exposures() -> None:
    stopped = Story().stopped(0, 300).leave(1000)
    superseded = Story().begun(0, 300).voiced(300, message=2).end(303, reason="superseded")
    failed = Story().begun(0, 300).failed(300).socket_closed(300).end(303).leave(1000)
    left = Story().begun(0, 300).leave(300).end(303)
    for story in (stopped, superseded.let_go(302).leave(2000), failed, left):
        assert findings(RULE, story) == []
        assert set(exposures(RULE, story)) <= {"completed"}
        assert exposures(RULE, story).get("completed", 0) <= 1
    assert exposures(RULE, stopped) == exposures(RULE, failed) == exposures(RULE, left) == {}


def test_a_stop_that_crosses_the_end_signal_excuses_nothing_that_was_delivered() -> None:
    story = Story().voiced(0).stop(355).leave(1000)  # the end signal arrives at 360
    assert all_findings(story) == {}


def test_a_message_that_was_cut_off_is_not_judged() -> None:
    story = a_message(frames=3, heard=2).ended(350).end(355)
    assert unjudged(RULE, story, state="running") == {"cut": 1}


def test_it_needs_the_ledger_and_audio_that_says_whose_it_is() -> None:
    story = Story().voiced(0).leave(1000)
    assert verdict(RULE, story, vantages="C") is Verdict.NOT_OBSERVABLE
    for fidelity in ("none", "spectral"):
        declared = {"fidelity": fidelity}
        assert verdict(RULE, story, behaviour=declared) is Verdict.NOT_OBSERVABLE


def test_a_cleanup_may_cut_the_audio_short() -> None:
    story = WideStory().begun(0, 300).cleanup(300).let_go(301).end(303, reason="cleanup")
    assert exposures(RULE, story.leave(1000)) == {}
