"""The watermark: pure, bounded, never 0, found at any byte, and forged by no flipped bit."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_groq import watermark

KEYS = st.integers(0, (1 << 48) - 1)
NONCES = st.integers(0, 255)
TOTALS = st.integers(1, 100_000)
WINDOW_BYTES = 2 * (watermark.BLOCK_SAMPLES + watermark.HEADER_SAMPLES - 1)


def test_the_layout_has_not_changed() -> None:
    key = watermark.stream_key(17, 3, 1, 2)
    pcm = watermark.encode(key, 9, 0, 60_000, 60_000)
    assert hashlib.sha256(pcm).hexdigest() == (
        "9af071de77637bc43f9233070820bd08503eb5ce814d7a4c0563bd526010a38d"
    )


@given(KEYS, NONCES, TOTALS)
def test_each_sample_is_odd_and_bounded(key: int, nonce: int, total: int) -> None:
    pcm = watermark.encode(key, nonce, 0, total, total)
    samples = np.frombuffer(pcm, "<i2").astype(int)
    assert samples.size == total
    assert (samples % 2 == 1).all()
    assert abs(samples).max() <= watermark.SAMPLE_MAX


@given(KEYS, NONCES, TOTALS, st.integers(0, 100_000), st.integers(0, 60_000))
def test_a_sample_depends_on_its_position_alone(
    key: int, nonce: int, total: int, first: int, count: int
) -> None:
    whole = watermark.encode(key, nonce, 0, total, total)
    part = watermark.encode(key, nonce, first, count, total)
    assert part == whole[2 * first : 2 * (first + count)]


@given(KEYS, NONCES, st.integers(600, 100_000), st.data())
def test_a_block_and_a_header_of_bytes_tell_stream_position_and_length(
    key: int, nonce: int, total: int, data: st.DataObject
) -> None:
    whole = watermark.encode(key, nonce, 0, total, total)
    # The last block may be too short for a header; the one before it has the length too.
    offset = data.draw(st.integers(0, 2 * (total - 2 * watermark.HEADER_SAMPLES) - WINDOW_BYTES))
    found = watermark.find(whole[offset : offset + WINDOW_BYTES + 1], 0, nonce)
    assert found is not None
    at, header = found
    assert (header.key, header.total_samples) == (key, total)
    assert 2 * header.first_sample == offset + at


@given(KEYS, NONCES, st.integers(14, 5000), st.integers(0, 13), st.integers(0, 15))
def test_no_flipped_bit_leaves_a_header_valid(
    key: int, nonce: int, total: int, sample: int, bit: int
) -> None:
    pcm = bytearray(watermark.encode(key, nonce, 0, 14, total))
    assert watermark.read_header(bytes(pcm), 0, nonce) is not None
    pcm[2 * sample + bit // 8] ^= 1 << bit % 8
    assert watermark.read_header(bytes(pcm), 0, nonce) is None


def test_the_last_block_differs_by_its_end_flag() -> None:
    shorter, longer = (watermark.encode(5, 1, 240, 14, total) for total in (480, 481))
    differing = [n for n in range(14) if shorter[2 * n : 2 * n + 2] != longer[2 * n : 2 * n + 2]]
    # Sample 2 is the check of the length; the flag and the lowest bits of the length share one.
    assert differing == [2, 11]


@given(KEYS, NONCES, st.integers(1, 255))
def test_another_run_is_not_found(key: int, nonce: int, step: int) -> None:
    pcm = watermark.encode(key, nonce, 0, 4800, 4800)
    assert watermark.find(pcm, 0, (nonce + step) % 256) is None


@given(KEYS, KEYS, NONCES)
def test_two_streams_share_no_more_samples_than_chance_gives(a: int, b: int, nonce: int) -> None:
    one, other = (
        np.frombuffer(watermark.encode(key, nonce, 0, 48_000, 48_000), "<i2") for key in (a, b)
    )
    assert a == b or (one == other).mean() < 0.05
    assert (one[:24_000] == one[24_000:]).mean() < 0.01


@given(KEYS, TOTALS)
def test_a_header_knows_its_length_free_samples(key: int, total: int) -> None:
    known = watermark.encode(key, 1, 0, 14, watermark.TOTAL_SAMPLES_MAX)
    actual = watermark.encode(key, 1, 0, 14, total)
    for place in watermark.LENGTH_FREE_SAMPLES:
        at = slice(2 * place, 2 * place + 2)
        assert actual[at] in (known[at], b"")


@given(*(st.integers(0, limit) for limit in (65535, 65535, 255, 255)))
def test_a_key_holds_its_numbers_side_by_side(
    session: int, message: int, sentence: int, count: int
) -> None:
    key = watermark.stream_key(session, message, sentence, count)
    assert (key >> 32, key >> 16 & 0xFFFF, key >> 8 & 0xFF, key & 0xFF) == (
        session,
        message,
        sentence,
        count,
    )
    assert 0 <= key < 1 << 48


def test_nothing_stands_behind_the_end() -> None:
    assert watermark.encode(1, 1, 5000, 100, 5000) == b""
    assert len(watermark.encode(1, 1, 4990, 100, 5000)) == 20
    assert watermark.encode(1, 1, 10**7, 100, 5000) == b""


@pytest.mark.parametrize(
    "numbers", [(65536, 0, 0, 0), (0, -1, 0, 0), (0, 0, 256, 0), (0, 0, 0, 256)]
)
def test_a_key_out_of_range_is_refused(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="not within"):
        watermark.stream_key(*numbers)


@pytest.mark.parametrize(
    "arguments", [(1 << 48, 0, 0, 1, 9), (1, 256, 0, 1, 9), (1, 1, -1, 1, 9), (1, 1, 0, 1, 0)]
)
def test_what_cannot_be_encoded_is_refused(arguments: tuple[int, int, int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"not |negative"):
        watermark.encode(*arguments)
