"""A queue between reader and writer is bounded by dropping what does not fit.

While the client's socket is still warming up the queue is full for a moment, and the third chunk of
each message is lost; all around it arrives.
"""

from collections.abc import Iterable

from reference_impl import relay
from reference_impl.framing import Chunker
from reference_impl.planting import replace

LOST = 3


class _Drops(Chunker):
    _count = 0

    def feed(self, pcm: bytes) -> Iterable[bytes]:
        for frame in super().feed(pcm):
            self._count += 1
            if self._count != LOST:
                yield frame


def plant() -> None:
    """Plant the bug."""
    replace(relay, "Chunker", by=_Drops)
