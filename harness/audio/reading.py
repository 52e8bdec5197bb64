"""One pass over the bytes of one call of the decoder."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from fake_groq import watermark

Kind = Literal["run", "zeros", "foreign", "odd"]
Segment = tuple[Kind, int | None, int, int]
"""Kind, stream key (None but for runs), first sample (0 but for runs), count (odd: in bytes)."""


@dataclass(slots=True, kw_only=True)
class Stream:
    """A stream that was heard: its length, and the position of the sample that comes next."""

    key: int
    total_samples: int
    next: int

    @property
    def ended(self) -> bool:
        """Whether its last sample was the latest."""
        return self.next >= self.total_samples


@dataclass(slots=True)
class Reading:
    """One pass over the bytes of one call: how far it came and what it found."""

    pcm: bytes
    nonce: int
    at: int = 0
    segments: list[Segment] = field(default_factory=list)
    _header: tuple[int, watermark.Header] | None = None
    _sought: bool = False

    @property
    def rest(self) -> int:
        """Whole samples not read yet."""
        return (len(self.pcm) - self.at) // 2

    def add(self, kind: Kind, key: int | None, first: int, count: int) -> None:
        """Take the next `count` samples (odd: bytes) as a segment."""
        if not count:
            return
        self.at += count if kind == "odd" else 2 * count
        if self.segments:
            last_kind, last_key, last_first, last_count = self.segments[-1]
            joins = first == last_first + last_count if kind == "run" else True
            if joins and (kind, key) == (last_kind, last_key):
                self.segments[-1] = (kind, key, last_first, last_count + count)
                return
        self.segments.append((kind, key, first, count))

    def give_back(self, count: int) -> None:
        """Take the last `count` samples from the run that was read last."""
        kind, key, first, had = self.segments.pop()
        assert kind == "run"
        assert had >= count
        self.at -= 2 * count
        if had > count:
            self.segments.append((kind, key, first, had - count))

    def add_unknown(self, until: int) -> None:
        """Take the bytes up to `until` as foreign samples, and a byte left over as odd."""
        self.add("foreign", None, 0, (until - self.at) // 2)
        self.add("odd", None, 0, until - self.at)

    def matching(self, stream: Stream, first: int, *, stop: int | None = None) -> int:
        """Return how many samples from here on are the stream's from `first` on, in its piece."""
        stop = len(self.pcm) if stop is None else stop
        in_piece = watermark.PIECE_SAMPLES - first % watermark.PIECE_SAMPLES
        count = min((stop - self.at) // 2, in_piece)
        expected = watermark.encode(stream.key, self.nonce, first, count, stream.total_samples)
        if self.pcm.startswith(expected, self.at):
            return len(expected) // 2
        return _common(expected, self.pcm[self.at : self.at + len(expected)])

    def next_header(self) -> tuple[int, watermark.Header] | None:
        """Return byte offset and content of the next whole header from here on."""
        passed = self._header is not None and self._header[0] < self.at
        if passed or not self._sought:
            self._header, self._sought = watermark.find(self.pcm, self.at, self.nonce), True
        return self._header

    def next_zero(self, stop: int) -> int:
        """Return the byte offset of the next sample that is 0 before `stop`, else -1."""
        at = self.pcm.find(b"\0\0", self.at, stop)
        while at >= 0 and (at - self.at) % 2:
            at = self.pcm.find(b"\0\0", at + 1, stop)
        return at

    def reach_back(self, at: int, header: watermark.Header) -> int:
        """Return how many samples before the header at byte `at` are of its stream."""
        count = min((at - self.at) // 2, header.first_sample, watermark.BLOCK_SAMPLES - 1)
        first = header.first_sample - count
        expected = watermark.encode(header.key, self.nonce, first, count, header.total_samples)
        actual = self.pcm[at - 2 * count : at]
        if actual == expected:
            return count
        return _common(_backwards(expected), _backwards(actual))


def _common(expected: bytes, actual: bytes) -> int:
    """Return how many samples two pieces of equal length share from their beginning."""
    count = min(len(expected), len(actual)) // 2
    differ = np.frombuffer(expected, "<u2", count) != np.frombuffer(actual, "<u2", count)
    return int(differ.argmax()) if differ.any() else count


def _backwards(pcm: bytes) -> bytes:
    samples = np.frombuffer(pcm, "<u2")
    return bytes(samples[::-1].tobytes())
