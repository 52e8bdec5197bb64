import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_groq.audio import (
    FRAME_SAMPLES,
    frames_of,
    in_frames,
    speech,
)
from fake_groq.steps import Span


@pytest.mark.parametrize(
    ("characters", "ms_per_character", "frames"),
    [(60, 20.0, 15), (61, 20.0, 16), (1, 0.0, 1), (1, 80.0, 1), (1, 80.1, 2), (10, 1e9, 45_000)],
)
def test_a_speech_lasts_whole_frames(characters: int, ms_per_character: float, frames: int) -> None:
    assert frames_of(characters, ms_per_character) == frames


def test_orpheus_itself_makes_frames_of_2048_samples() -> None:
    frames = frames_of(100, 20.0, 2048)
    assert frames == -(-2000 * 24 // 2048)
    cut = in_frames(speech(frames, (), 2048), 2048)
    assert [sum(span.samples for span in frame) for frame in cut] == [2048] * frames


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
