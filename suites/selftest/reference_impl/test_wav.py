"""The header of streamed WAV."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.wav import HEADER_BYTES_MAX, NotSpeech, WavStripper

UNKNOWN = 0xFFFFFFFF


def a_header(
    *, size: int = UNKNOWN, extra: bytes = b"", rate: int = 24_000, channels: int = 1
) -> bytes:
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * 2 * channels, 2 * channels, 16)
    return (
        struct.pack("<4sI4s4sI", b"RIFF", UNKNOWN, b"WAVE", b"fmt ", 16)
        + form
        + extra
        + struct.pack("<4sI", b"data", size)
    )


@pytest.mark.parametrize("size", [0, 0x7FFFFFFF, UNKNOWN, 8])
@pytest.mark.parametrize("extra", [b"", b"LIST\3\0\0\0abc\0", b"fact\4\0\0\0abcd"])
def test_the_samples_are_found_whatever_the_header_says_of_sizes(size: int, extra: bytes) -> None:
    assert WavStripper().feed(a_header(size=size, extra=extra) + b"abcdefgh") == b"abcdefgh"


def test_what_stands_behind_a_stated_size_is_no_audio() -> None:
    wav = WavStripper()
    assert wav.feed(a_header(size=6) + b"abcd") == b"abcd"
    assert wav.feed(b"efLIST") == b"ef"
    assert wav.feed(b"more") == b""


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.integers(0, 60), max_size=6))
def test_a_header_may_come_in_any_pieces(cuts: list[int]) -> None:
    body = a_header(extra=b"LIST\3\0\0\0abc\0") + b"abcdefgh"
    wav, samples, start = WavStripper(), b"", 0
    for end in (*sorted(cuts), len(body)):
        samples += wav.feed(body[start:end])
        start = end
    wav.finish()
    assert samples == b"abcdefgh"


@pytest.mark.parametrize(
    "body",
    [
        b"ID3\4",
        b"RIFX\0\0\0\0WAVE",
        b"RIFF\0\0\0\0AVI ",
        a_header(rate=48_000),
        a_header(channels=2),
        b"RIFF\0\0\0\0WAVEdata\0\0\0\0",
        b"RIFF\0\0\0\0WAVE" + bytes(HEADER_BYTES_MAX),
    ],
)
def test_what_is_not_our_format_is_refused(body: bytes) -> None:
    with pytest.raises(NotSpeech):
        WavStripper().feed(body)


def test_an_end_inside_the_header_is_refused() -> None:
    wav = WavStripper()
    wav.feed(a_header()[:20])
    with pytest.raises(NotSpeech):
        wav.finish()
