"""AUD-2 by stories."""

import pytest

from harness.model import events as ev
from harness.model.verdict import Verdict
from suites.selftest.harness.judged import exposures, finding, findings, verdict
from suites.selftest.harness.story import Story, key

RULE = "AUD-2"


def labelled(sample_format: str | None, rate: int | None, channels: int | None = 1) -> Story:
    """A message that is right but for what its start signal may say."""
    said = ev.StartData(format=sample_format, sample_rate=rate, channels=channels)
    story = Story().speak(0).event(3, "client", "start_received", said, session=1, message=1)
    story.opened(5).sent(100, 3).heard(101, 3).ended(262).socket_closed(264)
    return story.end(266).leave(1000)


def odd_at_the_end(*, odd: int = 1) -> Story:
    story = Story().speak(0).start(3).opened(5).sent(100, 3).heard(101, 2)
    story.audio(261, (key(), 3840, 1919), odd=odd)
    return story.ended(262).socket_closed(264)


def test_a_message_that_is_what_it_says_passes() -> None:
    assert findings(RULE, labelled("pcm_s16le", 24_000)) == []
    assert exposures(RULE, labelled("pcm_s16le", 24_000)) == {"ended": 1}


def test_a_wrong_rate_fails() -> None:
    assert finding(RULE, labelled("pcm_s16le", 48_000)) == (
        "the start signal of message m1 of s1 says 48000 Hz, and the audio that came is pcm_s16le"
        " at 24000 Hz with 1 channel."
    )


@pytest.mark.parametrize(
    "name", ["pcm", "pcm_24000", "s16le", "linear16", "LINEAR16", "audio/pcm", "audio/L16", "wav"]
)
def test_another_name_of_the_same_format_passes(name: str) -> None:
    assert findings(RULE, labelled(name, 24_000)) == []


@pytest.mark.parametrize(
    "name", ["pcm_f32le", "float32", "mulaw", "alaw", "opus", "mp3", "pcm_u8", "s24le", "s16be"]
)
def test_the_name_of_another_format_fails(name: str) -> None:
    assert f"says {name}, and" in finding(RULE, labelled(name, 24_000))


def test_two_channels_fail() -> None:
    assert "says 2 channels, and" in finding(RULE, labelled("pcm_s16le", 24_000, 2))


@pytest.mark.parametrize(("name", "rate", "channels"), [(None, None, None), (None, 24_000, None)])
def test_what_is_not_said_is_not_judged(
    name: str | None, rate: int | None, channels: int | None
) -> None:
    assert findings(RULE, labelled(name, rate, channels)) == []


def test_half_a_sample_at_the_end_of_a_whole_message_fails() -> None:
    assert finding(RULE, odd_at_the_end().end(266).leave(1000)) == (
        "message m1 of s1 ended after 11519 bytes, which is half a sample too many or too few."
        " Expected: an even number."
    )


def test_a_message_that_was_cut_may_end_in_the_middle_of_a_sample() -> None:
    stopped = odd_at_the_end().stop(263).end(266, reason="stopped").leave(1000)
    assert findings(RULE, stopped) == []
    assert findings(RULE, odd_at_the_end().leave(265)) == []
    assert findings(RULE, odd_at_the_end().error(265).end(266).leave(1000)) == []
    failed = (
        Story().speak(0).start(3).opened(5, frames=9).sent(100).audio(101, (key(), 0, 9), odd=1)
    )
    assert findings(RULE, failed.failed(200).socket_closed(201).end(203).leave(1000)) == []


def test_frames_of_odd_sizes_pass_where_the_whole_is_even() -> None:
    story = Story().speak(0).start(3).opened(5, frames=1).sent(100)
    story.audio(101, (key(), 0, 959), bytes=1919).audio(102, (key(), 959, 961), bytes=1921)
    assert findings(RULE, story.ended(120).socket_closed(122).end(124).leave(1000)) == []


def test_a_frame_that_two_messages_share_proves_nothing() -> None:
    story = Story().speak(0).start(3).opened(5, frames=1).sent(100).ended(105).socket_closed(106)
    story.speak(110, 2).audio(111, (key(), 0, 1920), (key(2), 0, 9), odd=1)
    assert findings(RULE, story.end(120).end(121, 2).leave(1000)) == []


def test_without_marks_nothing_is_seen() -> None:
    story = Story().speak(0).start(3).audio(101, foreign=1920, odd=1).end(266).leave(1000)
    assert exposures(RULE, story) == {}
    resampled = verdict(RULE, story, behaviour={"fidelity": "spectral"})
    assert resampled is Verdict.NOT_OBSERVABLE


def test_the_clients_eyes_are_enough() -> None:
    story = odd_at_the_end().end(266).leave(1000)
    assert len(findings(RULE, story, vantages="C")) == 1
