"""Small frames are expensive, so six of them are collected and sent together.

The first goes out at once, for a good latency; then a player that has buffered 200 ms falls silent
until the next burst, again and again.
"""

from collections.abc import Iterable

from reference_impl import relay
from reference_impl.framing import Chunker
from reference_impl.planting import replace

BATCH = 6


class _Batches(Chunker):
    def __init__(self) -> None:
        self._batch: list[bytes] = []
        self._due = 1  # the first frame is not kept waiting

    def feed(self, pcm: bytes) -> Iterable[bytes]:
        self._batch += super().feed(pcm)
        if len(self._batch) < self._due:
            return ()
        self._due = BATCH
        return self.flush()

    def flush(self) -> Iterable[bytes]:
        batch, self._batch = self._batch, []
        return batch


def plant() -> None:
    """Plant the bug."""
    replace(relay, "Chunker", by=_Batches)
