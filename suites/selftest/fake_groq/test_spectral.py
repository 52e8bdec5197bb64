"""The spectral mark as it is made: pure, bounded, never 0, no clicks, in the band of telephones."""

import hashlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_groq import spectral, watermark

KEYS = st.integers(0, (1 << 48) - 1)
NONCES = st.integers(0, 255)
TOTAL = 100_000
INDICES = st.integers(0, (1 << spectral.INDEX_BITS) - 1)


def samples(key: int, nonce: int, first: int = 0, count: int = TOTAL) -> np.ndarray:
    return np.frombuffer(spectral.encode(key, nonce, first, count, first + count), "<i2")


def test_the_sound_has_not_changed() -> None:
    pcm = spectral.encode(watermark.stream_key(17, 3, 1, 2), 9, 0, 60_000, 60_000)
    assert hashlib.sha256(pcm).hexdigest() == (
        "1bdd4d689741f303a594ac1094a6a4eb1c37a9be04e985b014b77b2241a516e7"
    )


@given(KEYS, NONCES)
def test_each_sample_is_odd_and_bounded(key: int, nonce: int) -> None:
    whole = samples(key, nonce).astype(int)
    assert whole.size == TOTAL
    assert (whole % 2 == 1).all()
    assert abs(whole).max() <= spectral.SAMPLE_MAX


@given(KEYS, NONCES, st.lists(st.integers(0, TOTAL), max_size=8))
def test_any_split_gives_the_same_bytes(key: int, nonce: int, cuts: list[int]) -> None:
    edges = pairwise(sorted([0, *cuts, TOTAL]))
    parts = [spectral.encode(key, nonce, a, b - a, TOTAL) for a, b in edges]
    assert b"".join(parts) == spectral.encode(key, nonce, 0, TOTAL, TOTAL)


@given(KEYS, NONCES, st.integers(0, 30_000_000))
def test_a_sample_depends_on_its_position_alone(key: int, nonce: int, first: int) -> None:
    spectral.piece.cache_clear()
    total = first + 50_000
    part = spectral.encode(key, nonce, first, 50_000, total)
    spectral.piece.cache_clear()
    longer = spectral.encode(key, nonce, max(first - 1000, 0), 51_000, total + 1000)
    assert part in longer


@given(KEYS, NONCES)
def test_no_block_is_quiet_and_none_clicks(key: int, nonce: int) -> None:
    blocks = samples(key, nonce, 0, 96_000).astype(float).reshape(-1, spectral.BLOCK_SAMPLES)
    assert np.sqrt((blocks**2).mean(axis=1)).min() > 500
    # A step at a block's edge would be larger than those that the highest tone makes.
    steps = abs(np.diff(blocks.reshape(-1)))
    edges = steps[spectral.BLOCK_SAMPLES - 1 :: spectral.BLOCK_SAMPLES]
    assert edges.max() <= steps.max()
    assert np.median(edges) < 2 * np.median(steps)


@given(KEYS, NONCES)
def test_nearly_all_power_is_within_the_band_of_the_telephone(key: int, nonce: int) -> None:
    power = abs(np.fft.rfft(samples(key, nonce, 0, 96_000))) ** 2
    hertz = np.fft.rfftfreq(96_000, 1 / watermark.SAMPLE_RATE)
    assert power[(hertz > 300) & (hertz < 3400)].sum() > 0.999 * power.sum()


@given(KEYS, NONCES, INDICES)
def test_a_chord_says_index_and_check(key: int, nonce: int, index: int) -> None:
    seed, block = spectral.stream_seed(key, nonce), np.array([index], dtype=np.uint64)
    read, check = spectral.read_tones(spectral.tones(seed, block))
    assert read == block
    assert check == spectral.checks(np.uint64(seed), block)


@given(KEYS, NONCES, INDICES, st.integers(0, spectral.BANDS - 1), st.integers(1, 7))
def test_no_wrong_tone_leaves_the_check_right(
    key: int, nonce: int, index: int, band: int, step: int
) -> None:
    seed, block = spectral.stream_seed(key, nonce), np.array([index], dtype=np.uint64)
    places = spectral.tones(seed, block)
    places[0, band] = (places[0, band] + step) % spectral.TONES_PER_BAND
    read, check = spectral.read_tones(places)
    assert check != spectral.checks(np.uint64(seed), read)


def test_no_tone_drones_on() -> None:
    places = spectral.tones(spectral.stream_seed(5, 1), np.arange(4000, dtype=np.uint64))
    for tone in range(spectral.TONES_PER_BAND):
        assert abs((places == tone).mean(axis=0) - 1 / 8).max() < 0.03
    assert (places[1:] == places[:-1]).mean(axis=0).max() < 0.16


def test_nothing_stands_behind_the_end() -> None:
    assert spectral.encode(1, 1, 5000, 100, 5000) == b""
    assert len(spectral.encode(1, 1, 4990, 100, 5000)) == 20
    assert spectral.encode(1, 1, 10**7, 100, 5000) == b""
    assert spectral.encode(1, 1, 10, 0, 5000) == b""


@pytest.mark.parametrize(
    "arguments",
    [
        (1 << 48, 0, 0, 1, 9),
        (1, 256, 0, 1, 9),
        (1, 1, -1, 1, 9),
        (1, 1, 0, -1, 9),
        (1, 1, 0, 1, 0),
        (1, 1, 0, 1, spectral.TOTAL_SAMPLES_MAX + 1),
    ],
)
def test_what_cannot_be_encoded_is_refused(arguments: tuple[int, int, int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"not |negative"):
        spectral.encode(*arguments)
