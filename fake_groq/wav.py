"""The WAV headers that speech services put before PCM whose length they do not know. Pure."""

import struct
from collections.abc import Callable
from typing import Final

from fake_groq.watermark import SAMPLE_RATE

SIZE_UNKNOWN: Final = 0xFFFFFFFF
SIZE_SIGNED: Final = 0x7FFFFFFF
ENCODER: Final = b"Lavf61.7.100"  # what ffmpeg calls itself
PLAIN_BYTES: Final = 36  # of a header of 44 bytes, what its RIFF size counts
_WIDTH: Final = 2


def wav_header(kind: str = "ffmpeg", *, rate: int = SAMPLE_RATE, pcm_bytes: int = 0) -> bytes:
    """Return the header of a kind, see `WAV_HEADERS`; "none" has no byte.

    `pcm_bytes` is how much audio follows; only "exact" says so.
    """
    return WAV_HEADERS[kind](rate, pcm_bytes)


def _ffmpeg(encoder: bytes) -> Callable[[int, int], bytes]:
    name = encoder + bytes(1 + (len(encoder) + 1) % 2)
    tag = b"INFOISFT" + struct.pack("<I", len(encoder) + 1) + name
    info = struct.pack("<4sI", b"LIST", len(tag)) + tag
    return lambda rate, _: _header(rate, riff=SIZE_UNKNOWN, data=SIZE_UNKNOWN, between=info)


def _sized(riff: int, data: int) -> Callable[[int, int], bytes]:
    return lambda rate, _: _header(rate, riff=riff, data=data)


def _exact(rate: int, pcm_bytes: int) -> bytes:
    return _header(rate, riff=PLAIN_BYTES + pcm_bytes, data=pcm_bytes)


def _header(rate: int, *, riff: int, data: int, between: bytes = b"") -> bytes:
    return b"".join(
        (
            struct.pack("<4sI4s", b"RIFF", riff, b"WAVE"),
            struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * _WIDTH, _WIDTH, 8 * _WIDTH),
            between,
            struct.pack("<4sI", b"data", data),
        )
    )


WAV_HEADERS: Final[dict[str, Callable[[int, int], bytes]]] = {
    "ffmpeg": _ffmpeg(ENCODER),  # 78 bytes: a LIST chunk, both sizes 0xFFFFFFFF. As Groq sends it
    "ffmpeg-bitexact": _ffmpeg(b"Lavf"),  # 70 bytes: the encoder without its version
    "unknown": _sized(SIZE_UNKNOWN, SIZE_UNKNOWN),  # 44 bytes: OpenAI, MiniMax
    "signed": _sized(SIZE_SIGNED, SIZE_SIGNED),  # ElevenLabs
    "data-zero": _sized(PLAIN_BYTES, 0),  # Orpheus on Baseten, libsndfile
    "riff-zero": _sized(0, 0),  # Python's wave module calls it no WAVE file
    "exact": _exact,  # what a file has, and no stream can have
    "none": lambda _rate, _pcm_bytes: b"",
}
