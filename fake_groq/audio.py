"""The shape of the speech: how long a text sounds, its frames, and the WAV header of a stream."""

import math
import struct
from collections.abc import Iterator
from typing import Final

from fake_groq.steps import SAMPLES_PER_MS, Span, split_spans
from fake_groq.watermark import SAMPLE_RATE

FRAME_MS: Final = 80
FRAME_SAMPLES: Final = FRAME_MS * SAMPLES_PER_MS
AUDIO_MS_MAX: Final = 3_600_000  # longer texts are cut to an hour
SIZE_UNKNOWN: Final = 0xFFFFFFFF
ENCODER: Final = b"Lavf61.7.100"  # what ffmpeg calls itself

Pauses = tuple[tuple[float, float], ...]
"""(at, length) in ms, by place: zeros inside the speech."""


def frames_of(characters: int, ms_per_character: float) -> int:
    """Return how many 80-ms frames a text of this length sounds; at least one."""
    frames = math.ceil(ms_per_character * characters / FRAME_MS)
    return max(1, min(frames, AUDIO_MS_MAX // FRAME_MS))


def speech(frames: int, pauses: Pauses) -> tuple[Span, ...]:
    """Return the spans of a speech of so many frames; samples are numbered over its pauses.

    Pauses lie within that length and end before its last frame, which always speaks.
    """
    last_frame = (frames - 1) * FRAME_SAMPLES
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
    spans.append(Span(first=at, samples=frames * FRAME_SAMPLES - at))
    return tuple(spans)


def in_frames(spans: tuple[Span, ...]) -> Iterator[tuple[Span, ...]]:
    """Yield the spans frame by frame."""
    while spans:
        frame, spans = split_spans(spans, FRAME_SAMPLES)
        yield frame


def wav_header(rate: int = SAMPLE_RATE) -> bytes:
    """Return the 78 bytes that ffmpeg puts before PCM whose length it does not know.

    Both sizes are 0xFFFFFFFF, and a LIST chunk with the encoder's name precedes the data chunk.
    """
    name = ENCODER + bytes(1 + (len(ENCODER) + 1) % 2)
    tag = b"INFOISFT" + struct.pack("<I", len(ENCODER) + 1) + name
    width = 2
    return b"".join(
        (
            struct.pack("<4sI4s", b"RIFF", SIZE_UNKNOWN, b"WAVE"),
            struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * width, width, 8 * width),
            struct.pack("<4sI", b"LIST", len(tag)) + tag,
            struct.pack("<4sI", b"data", SIZE_UNKNOWN),
        )
    )
