import io
import struct
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_groq.audio import FRAME_SAMPLES, frames_of, in_frames, speech, wav_header
from fake_groq.steps import Span


@pytest.mark.parametrize(
    ("characters", "ms_per_character", "frames"),
    [(60, 20.0, 15), (61, 20.0, 16), (1, 0.0, 1), (1, 80.0, 1), (1, 80.1, 2), (10, 1e9, 45_000)],
)
def test_a_speech_lasts_whole_frames(characters: int, ms_per_character: float, frames: int) -> None:
    assert frames_of(characters, ms_per_character) == frames


def test_the_header_is_what_ffmpeg_streams() -> None:
    header = wav_header()
    assert len(header) == 78
    assert header[:12] == b"RIFF\xff\xff\xff\xffWAVE"
    assert struct.unpack("<IHHIIHH", header[16:36]) == (16, 1, 1, 24_000, 48_000, 2, 16)
    assert header[36:70] == b"LIST\x1a\0\0\0INFOISFT\x0d\0\0\0Lavf61.7.100\0\0"
    assert header[70:] == b"data\xff\xff\xff\xff"


def test_the_wave_module_reads_all_samples_behind_it() -> None:
    with wave.open(io.BytesIO(wav_header() + b"\1\2" * 100)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24_000, 1, 2)
        assert file.readframes(file.getnframes()) == b"\1\2" * 100


def test_a_pause_is_zeros_inside_the_length_and_the_samples_are_numbered_over_it() -> None:
    assert speech(3, ((40, 100),)) == (
        Span(first=0, samples=960),
        Span(first=None, samples=2400),
        Span(first=3360, samples=2400),
    )


def test_the_last_frame_always_speaks() -> None:
    assert speech(2, ((0, 9999),))[-1] == Span(first=FRAME_SAMPLES, samples=FRAME_SAMPLES)
    assert speech(1, ((0, 80),)) == (Span(first=0, samples=FRAME_SAMPLES),)


@given(
    st.integers(1, 20), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 200)), max_size=4)
)
def test_frames_are_80_ms_and_marked_samples_have_the_number_of_their_place(
    frames: int, gaps: list[tuple[int, int]]
) -> None:
    pauses, at = [], 0
    for gap, length in gaps:
        pauses.append((float(at + gap), float(length)))
        at += gap + length
    cut = list(in_frames(speech(frames, tuple(pauses))))
    assert [sum(span.samples for span in frame) for frame in cut] == [FRAME_SAMPLES] * frames
    position = 0
    for span in (span for frame in cut for span in frame):
        assert span.first in (None, position)
        position += span.samples
    assert cut[-1] == (Span(first=position - FRAME_SAMPLES, samples=FRAME_SAMPLES),)
