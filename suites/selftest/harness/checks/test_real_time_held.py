"""LAT-3 by stories."""

import pytest

from suites.selftest.harness.judged import exposures, finding, findings, unjudged
from suites.selftest.harness.story import Story

RULE = "LAT-3"


def interrupted(gap_ms: float, *, sent_every_ms: float = 80) -> Story:
    """Twelve frames; behind the fourth nothing comes for ``gap_ms`` more than it should."""
    story = Story().speak(0).start(3).opened(5, frames=12)
    story.sent(100, 12, every_ms=sent_every_ms)
    story.heard(101, 4).heard(101 + 320 + gap_ms, 8, first_frame=4)
    return story.ended(1100).end(1900 + gap_ms).leave(5000)


@pytest.mark.parametrize(("gap_ms", "count"), [(0, 0), (200, 0), (200.1, 1)])
def test_the_declared_buffer_bridges_a_gap(gap_ms: float, count: int) -> None:
    assert len(findings(RULE, interrupted(gap_ms))) == count
    assert exposures(RULE, interrupted(gap_ms)) == {"": 1}


def test_the_sentence_says_when_the_player_ran_dry() -> None:
    assert finding(RULE, interrupted(300)) == (
        "a player of message m1 of s1 ran dry: audio came 300 ms behind the pace of speech, 620 ms"
        " after the first (simulated). Limit: 200 ms of buffer."
    )


def test_a_larger_buffer_is_declared() -> None:
    assert findings(RULE, interrupted(300), behaviour={"jitter_buffer_ms": 400}) == []


def test_frames_of_any_size_and_pace_pass_while_none_comes_late() -> None:
    story = Story().speak(0).start(3).opened(5, frames=12).sent(100, 12)
    story.heard(101, 48, every_ms=20, samples=480).ended(1100).end(1200).leave(4000)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"": 1}


def test_an_upstream_that_runs_dry_itself_is_left_out() -> None:
    story = Story().speak(0).start(3).opened(5, frames=12)
    story.sent(100, 4).sent(720, 8, first_frame=4)
    story.heard(101, 4).heard(721, 8, first_frame=4).ended(1400).end(1500).leave(4000)
    assert exposures(RULE, story) == {}


def test_what_the_upstream_was_late_is_not_the_suts() -> None:
    story = Story().speak(0).start(3).opened(5, frames=12)
    story.sent(100, 4).sent(520, 8, first_frame=4)
    story.heard(101, 4).heard(710, 8, first_frame=4).ended(1400).end(1500).leave(4000)
    assert findings(RULE, story) == []


def test_faster_than_speech_is_no_exposure() -> None:
    assert exposures(RULE, interrupted(300, sent_every_ms=10)) == {}


def test_what_comes_after_stop_is_not_played() -> None:
    story = Story().begun(0, 400).stop(400).heard(1200, first_frame=4).let_go(402)
    assert findings(RULE, story.end(1201, reason="stopped").leave(2000)) == []


def test_a_link_that_held_audio_is_not_judged() -> None:
    story = interrupted(300).fault(430, 700, name="network_stall", link="client")
    assert unjudged(RULE, story) == {"link_fault": 1}


def test_our_own_lag_excuses() -> None:
    assert findings(RULE, interrupted(300).lag(720, 100)) == []


def test_sentences_that_are_streams_of_their_own_may_pause_between() -> None:
    story = Story().speak(0, sentences=2).start(3).opened(5).sent(100, 3).heard(101, 3).ended(270)
    story.opened(600, exchange=2, sentences=(1,)).sent(700, 3, exchange=2, sentence=1)
    story.audio(701, ((1 << 32 | 1 << 16 | 1 << 8), 0, 1920)).ended(950, 2).end(960).leave(4000)
    assert exposures(RULE, story) == {}


def test_without_the_upstream_nobody_knows_whether_it_paused() -> None:
    assert unjudged(RULE, interrupted(300), vantages="C") == {"not_exercised": 1}
