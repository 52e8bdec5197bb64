"""Pieces of marked audio too short to hold a whole header, and where they belong."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fake_groq import watermark

FRAGMENT_SAMPLES_MIN: Final = 4
"""Fewer samples than these, out of their place, cannot be told from chance (13 bits each)."""

_UNFINISHED_SAMPLES_MAX: Final = watermark.BLOCK_SAMPLES + watermark.HEADER_SAMPLES - 2
_REACH_PIECES: Final = 1  # 0.96 s and more before and after where a stream stood


class Place(NamedTuple):
    """Where a fragment was found: byte offset in the gap, and the stream's position there."""

    at: int
    key: int
    position: int


class Stream(NamedTuple):
    """A stream that a fragment may come from, and the position at which it stood."""

    key: int
    total_samples: int
    position: int


def unfinished_bytes(pcm: bytes) -> int:
    """Return how many bytes at the end may belong to a block whose header has not come yet.

    These are the longest row of samples, at either byte parity, that could be marked (odd and
    within the marked amplitude), at most one short of a block and a header.
    """
    tail = pcm[-2 * _UNFINISHED_SAMPLES_MAX - 1 :]
    if len(tail) < 2:
        return len(tail)
    longest = _marked_at_end(tail)
    if tail[-1] & 1:  # may be the low byte of a marked sample
        longest = max(longest, _marked_at_end(tail[:-1]) + 1)
    return min(longest, 2 * _UNFINISHED_SAMPLES_MAX + 1)


def find(gap: bytes, streams: Sequence[Stream], nonce: int) -> list[Place]:
    """Return where four samples of `gap` are samples of a stream near its position, in order."""
    if not streams or len(gap) < 2 * FRAGMENT_SAMPLES_MIN:
        return []
    needles = [(parity, *_marked_words(gap[parity:])) for parity in (0, 1)]
    if not any(places.size for _, places, _ in needles):
        return []
    found = []
    for stream in streams:
        for index in _near(stream):
            words, positions = _index(stream.key, nonce, stream.total_samples, index)
            for parity, places, sought in needles if words.size else ():
                ranks = np.minimum(words.searchsorted(sought), words.size - 1)
                for hit in np.flatnonzero(words[ranks] == sought):
                    position = int(positions[ranks[hit]]) + index * watermark.PIECE_SAMPLES
                    found.append(Place(parity + 2 * int(places[hit]), stream.key, position))
    return sorted(found)


def _near(stream: Stream) -> range:
    middle = stream.position // watermark.PIECE_SAMPLES
    return range(max(middle - _REACH_PIECES, 0), middle + _REACH_PIECES + 1)


@lru_cache(maxsize=32)  # about 370 kB each
def _index(
    key: int, nonce: int, total_samples: int, index: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return each four samples of a piece of a stream as a word, sorted, and their positions."""
    overlap = watermark.PIECE_SAMPLES + FRAGMENT_SAMPLES_MIN - 1
    pcm = watermark.encode(key, nonce, index * watermark.PIECE_SAMPLES, overlap, total_samples)
    words = _words(np.frombuffer(pcm, dtype="<u2"))
    positions = words.argsort()
    return words[positions], positions


def _words(samples: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Return each four neighbouring samples as one word."""
    count = max(samples.size - FRAGMENT_SAMPLES_MIN + 1, 0)
    words = np.zeros(count, dtype=np.uint64)
    for place in range(FRAGMENT_SAMPLES_MIN):
        part = samples[place : place + count].astype(np.uint64)
        words |= part << np.uint64(16 * place)
    return words


def _marked_words(pcm: bytes) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Return the places of four neighbouring samples that may all be marked, and their words."""
    samples = np.frombuffer(pcm, dtype="<u2", count=len(pcm) // 2)
    marked = _may_be_marked(samples)
    count = max(samples.size - FRAGMENT_SAMPLES_MIN + 1, 0)
    rows = marked[:count].copy()
    for place in range(1, FRAGMENT_SAMPLES_MIN):
        rows &= marked[place : place + count]
    places = np.flatnonzero(rows)
    return places, _words(samples)[places]


def _may_be_marked(samples: NDArray[np.uint16]) -> NDArray[np.bool_]:
    low_bit = samples & np.uint16(1) == 1
    bounded = samples + np.uint16(watermark.SAMPLE_MAX + 1) <= 2 * watermark.SAMPLE_MAX + 1
    both: NDArray[np.bool_] = low_bit & bounded
    return both


def _marked_at_end(pcm: bytes) -> int:
    """Return the bytes of the samples that may be marked, counted back from the end."""
    marked = _may_be_marked(np.frombuffer(pcm[len(pcm) % 2 :], dtype="<u2"))[::-1]
    return 2 * (marked.size if marked.all() else int(marked.argmin()))
