"""Fragments without a header: how much may still become a block, and where they belong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_groq import watermark
from harness.audio import fragments

NONCE = 9
TOTAL = 60_000
STREAM = fragments.Stream(5 << 32 | 1 << 16, TOTAL, 30_000)


def pcm(first: int, count: int) -> bytes:
    return watermark.encode(STREAM.key, NONCE, first, count, TOTAL)


@given(st.integers(0, TOTAL), st.integers(0, 300), st.booleans())
def test_marked_audio_is_unfinished_up_to_a_block_and_a_header(
    first: int, count: int, half: bool
) -> None:
    tail = pcm(first, count)
    whole = len(tail) // 2
    size = fragments.unfinished_bytes(b"\x00\x10" + tail + b"\x01" * half)
    assert size == 2 * min(whole, 252) + half


@pytest.mark.parametrize("tail", [b"", b"\x00\x00", b"\x02\x02" * 99, b"\x01\x40", b"\x01\xc0"])
def test_what_cannot_be_marked_is_finished(tail: bytes) -> None:
    assert fragments.unfinished_bytes(tail) == 0


@given(st.integers(12_000, 45_000), st.integers(4, 250), st.integers(0, 9))
def test_a_fragment_is_found_at_any_byte(first: int, count: int, offset: int) -> None:
    places = fragments.find(bytes(offset) + pcm(first, count), [STREAM], NONCE)
    assert places[0] == fragments.Place(offset, STREAM.key, first)
    assert places[-1].at == offset + 2 * (count - 4)


def test_three_samples_are_too_few() -> None:
    assert fragments.find(pcm(30_100, 3), [STREAM], NONCE) == []


def test_fragments_are_sought_near_the_stream_only() -> None:
    assert fragments.find(pcm(0, 100), [STREAM._replace(position=59_000)], NONCE) == []
    assert fragments.find(pcm(0, 100), [], NONCE) == []
