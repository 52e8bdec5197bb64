"""Audio that proves its origin to who has only its sound: it may be resampled and companded.

A stream is made of blocks of 960 samples (40 ms at 24 kHz). Each block is a chord of 15 tones, one
in each of 15 bands between 325 and 3300 Hz. A band has eight places 25 Hz apart, which 40 ms can
just tell from each other at any sample rate, so a tone stands for three bits and a chord for 45:

    bands 0..4      block index (15 bits), XORed with noise that the other 30 bits seed,
                    so that no tone drones on while the index counts up
    bands 5..14     check of nonce, key and block index (30 bits)

No key is written: the reader tries the check of each stream that it knows of. The tones' phases are
the same in all blocks and keep the peak low; read back, they tell the block's place to the sample.

For the ear, blocks fade into each other over 6 ms, the bands are louder around the formants of a
vowel, and six blocks make a syllable that swells and ebbs. None of it carries meaning. A stream
begins and ends as if cut out of a longer one. All samples are odd, so none is 0.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fake_groq.watermark import SAMPLE_RATE

BLOCK_MS: Final = 40
BLOCK_SAMPLES: Final = SAMPLE_RATE * BLOCK_MS // 1000
PIECE_BLOCKS: Final = 24
PIECE_SAMPLES: Final = PIECE_BLOCKS * BLOCK_SAMPLES  # 960 ms, as of the exact watermark
SAMPLE_MAX: Final = 12_000
INDEX_BITS: Final = 15
TOTAL_SAMPLES_MAX: Final = (1 << INDEX_BITS) * BLOCK_SAMPLES  # 21 min 50 s
BANDS: Final = 15
TONES_PER_BAND: Final = 8
FIRST_HARMONIC: Final = 13  # of 25 Hz; the telephone hears 300 to 3400 Hz

# Schroeder's phases (1970): a chord of tones about equally far apart then has a low peak.
PHASES: Final = np.pi * np.arange(BANDS) ** 2 / BANDS

_BITS_PER_TONE: Final = 3
_CHECK_BITS: Final = 30
_FADE_HALF: Final = 72  # 3 ms on each side of a block's edge
_SYLLABLE_BLOCKS: Final = 6  # 240 ms, four syllables a second
_SYLLABLE_EDGE: Final = 0.4  # loudness where syllables meet; 1 in the middle of the loudest
_BAND_FLOOR: Final = 0.45  # of the loudest band: a tone that drowned could not be read
# The first three formants of five vowels in Hz (Peterson and Barney 1952, men).
_FORMANTS: Final = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410))
_PIECES_KEPT: Final = 1200  # 55 MB: the live pieces of 1,000 streams and some
_U64: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15

Words = NDArray[np.uint64]
Floats = NDArray[np.float64]


def encode(key: int, nonce: int, first: int, samples: int, total: int) -> bytes:
    """Return `samples` samples of a stream from sample `first` on as s16le, clipped at its end.

    Raises:
        ValueError: key, nonce or length is out of range, or the position is negative.
    """
    if first < 0 or samples < 0:
        raise ValueError(f"Position {first} or count {samples} is negative.")
    if not 1 <= total <= TOTAL_SAMPLES_MAX:
        raise ValueError(f"A stream has 1 to {TOTAL_SAMPLES_MAX} samples, not {total}.")
    index, skipped = divmod(first, PIECE_SAMPLES)
    end = skipped + min(samples, total - first)
    if end <= skipped:
        return b""
    pieces = [piece(key, nonce, index + more) for more in range(-(-end // PIECE_SAMPLES))]
    return b"".join(pieces)[2 * skipped : 2 * end]


@lru_cache(maxsize=_PIECES_KEPT)
def piece(key: int, nonce: int, index: int) -> bytes:
    """Return the 23,040 samples of a stream from `index` * 23,040 on.

    Raises:
        ValueError: key or nonce is out of range.
    """
    seed = stream_seed(key, nonce)
    # The neighbours on both sides fade into the piece; those beyond the stream's ends do so too.
    blocks = np.arange(-1, PIECE_BLOCKS + 1) + index * PIECE_BLOCKS
    syllables = _noise(np.uint64(~seed & _U64) ^ (blocks // _SYLLABLE_BLOCKS).astype(np.uint64))
    chords = _chords(tones(seed, blocks.astype(np.uint64)), syllables)
    bodies = chords[1:-1].copy()
    head, tail = slice(None, _FADE_HALF), slice(-_FADE_HALF, None)
    # A chord repeats itself after a block, so what rings on behind its end is its beginning.
    bodies[:, head] += (chords[:-2, head] - bodies[:, head]) * _fade()[::-1]
    bodies[:, tail] += (chords[2:, tail] - bodies[:, tail]) * _fade()
    loudness = _syllable_loudness(syllables[1:-1:_SYLLABLE_BLOCKS])
    shaped = bodies.reshape(-1) * loudness.reshape(-1)
    return (shaped.astype("<i2") | np.int16(1)).tobytes()


def stream_seed(key: int, nonce: int) -> int:
    """Return the number from which all tones of a stream come.

    Raises:
        ValueError: key or nonce is out of range.
    """
    if not (0 <= key < 1 << 48 and 0 <= nonce < 1 << 8):
        raise ValueError(f"Stream key {key} is not within 48 bits, or nonce {nonce} not within 8.")
    return int(_noise(np.array([nonce << 48 | key], dtype=np.uint64))[0])


def tones(seed: int, blocks: Words) -> NDArray[np.int64]:
    """Return the place 0..7 of the tone in each band, a row for each block."""
    check = checks(np.uint64(seed), blocks)
    words = (blocks ^ _noise(check)) & np.uint64((1 << INDEX_BITS) - 1)
    words |= check << np.uint64(INDEX_BITS)
    bits = words[:, np.newaxis] >> _bit_places() & np.uint64(TONES_PER_BAND - 1)
    return bits.astype(np.int64)


def read_tones(places: NDArray[np.int64]) -> tuple[Words, Words]:
    """Return the block indices that chords claim, and the checks that would prove them."""
    words = np.bitwise_or.reduce(places.astype(np.uint64) << _bit_places(), axis=1)
    check = words >> np.uint64(INDEX_BITS)
    return (words ^ _noise(check)) & np.uint64((1 << INDEX_BITS) - 1), check


def checks(seeds: Words | np.uint64, blocks: Words) -> Words:
    """Return the check of blocks of streams; the two are broadcast against each other."""
    return _noise(seeds ^ blocks) >> np.uint64(64 - _CHECK_BITS)


def _chords(places: NDArray[np.int64], syllables: Words) -> Floats:
    """Return one block of 960 samples for each row of tones, at full loudness."""
    rows = np.arange(len(places))[:, np.newaxis]
    spectrum = np.zeros((len(places), BLOCK_SAMPLES // 2 + 1), dtype=np.complex128)
    harmonics = FIRST_HARMONIC + TONES_PER_BAND * np.arange(BANDS) + places
    weights = _vowels()[(syllables % np.uint64(len(_FORMANTS))).astype(np.int64)]
    spectrum[rows, harmonics] = weights * np.exp(1j * PHASES)
    chords: Floats = np.fft.irfft(spectrum, BLOCK_SAMPLES)
    chords *= (SAMPLE_MAX - 1) / np.abs(chords).max(axis=1, keepdims=True)
    return chords


def _syllable_loudness(syllables: Words) -> Floats:
    """Return the loudness 0..1 of each sample of syllables: from edge to peak and back."""
    peaks = 0.7 + 0.3 * (syllables >> np.uint64(61)).astype(np.float64) / 7
    return _SYLLABLE_EDGE + (peaks[:, np.newaxis] - _SYLLABLE_EDGE) * _swell()


@lru_cache(maxsize=1)
def _swell() -> Floats:
    count = _SYLLABLE_BLOCKS * BLOCK_SAMPLES
    swell: Floats = np.sin(np.pi * np.arange(count) / count) ** 2
    return swell


@lru_cache(maxsize=1)
def _fade() -> Floats:
    """Return what of the next block is heard in the last samples of a block: 0 to a half."""
    fade: Floats = np.sin(np.pi / 4 * (np.arange(_FADE_HALF) + 0.5) / _FADE_HALF) ** 2
    return fade


@lru_cache(maxsize=1)
def _vowels() -> Floats:
    """Return the loudness of each band, a row for each vowel."""
    middles = 25 * (FIRST_HARMONIC + TONES_PER_BAND * (np.arange(BANDS) + 0.5))
    formants = np.array(_FORMANTS)[:, :, np.newaxis]
    near: Floats = np.exp(-(((middles - formants) / 250) ** 2)).max(axis=1)
    return _BAND_FLOOR + (1 - _BAND_FLOOR) * near


def _bit_places() -> Words:
    return np.arange(0, BANDS * _BITS_PER_TONE, _BITS_PER_TONE, dtype=np.uint64)


def _noise(values: Words) -> Words:
    """Return 64 bits that all depend on all bits of a value (the finaliser of splitmix64)."""
    values = values + np.uint64(_GOLDEN)
    values = (values ^ values >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ values >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return values ^ values >> np.uint64(31)
