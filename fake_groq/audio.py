"""The shape of the speech: how long a text sounds, and its frames. Pure."""

import math
from collections.abc import Iterator
from typing import Final

from fake_groq.steps import SAMPLES_PER_MS, Span, split_spans

FRAME_SAMPLES: Final = 80 * SAMPLES_PER_MS  # Groq's lengths are whole multiples of 80 ms
AUDIO_MS_MAX: Final = 3_600_000  # longer texts are cut to an hour

Pauses = tuple[tuple[float, float], ...]
"""(at, length) in ms, by place: zeros inside the speech."""


def frames_of(characters: int, ms_per_character: float, frame_samples: int = FRAME_SAMPLES) -> int:
    """Return how many frames a text of this length sounds; at least one."""
    frames = math.ceil(ms_per_character * characters * SAMPLES_PER_MS / frame_samples)
    return max(1, min(frames, AUDIO_MS_MAX * SAMPLES_PER_MS // frame_samples))


def speech(frames: int, pauses: Pauses, frame_samples: int = FRAME_SAMPLES) -> tuple[Span, ...]:
    """Return the spans of a speech of so many frames; samples are numbered over its pauses.

    Pauses lie within that length and end before its last frame, which always speaks.
    """
    last_frame = (frames - 1) * frame_samples
    spans: list[Span] = []
    at = 0
    for at_ms, length_ms in pauses:
        start = min(round(at_ms * SAMPLES_PER_MS), last_frame)
        stop = min(start + round(length_ms * SAMPLES_PER_MS), last_frame)
        if start > at:
            spans.append(Span(first=at, samples=start - at))
        if stop > start:
            spans.append(Span(first=None, samples=stop - start))
        at = max(at, stop)
    spans.append(Span(first=at, samples=frames * frame_samples - at))
    return tuple(spans)


def in_frames(
    spans: tuple[Span, ...], frame_samples: int = FRAME_SAMPLES
) -> Iterator[tuple[Span, ...]]:
    """Yield the spans frame by frame."""
    while spans:
        frame, spans = split_spans(spans, frame_samples)
        yield frame
