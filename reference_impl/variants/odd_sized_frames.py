"""Audio arrives in frames of all sizes, each of whole samples: frame edges mean nothing."""

from collections.abc import Iterable
from itertools import cycle

from reference_impl import relay
from reference_impl.framing import SAMPLE_BYTES, Chunker
from reference_impl.planting import replace

SAMPLES = (7, 331, 1009, 97, 641)


class _AnySize(Chunker):
    def __init__(self) -> None:
        self._sizes = cycle(SAMPLES)

    def feed(self, pcm: bytes) -> Iterable[bytes]:
        while pcm:
            size = next(self._sizes) * SAMPLE_BYTES
            yield pcm[:size]
            pcm = pcm[size:]


def plant() -> None:
    """Put it in its place."""
    replace(relay, "Chunker", by=_AnySize)
