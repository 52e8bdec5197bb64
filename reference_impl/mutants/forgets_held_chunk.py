"""One chunk is held back for smoothing, and nobody sends it when the stream has ended.

The last 80 ms of each message are cut off; the end is told as if all had been said.
"""

from collections.abc import Iterable

from reference_impl import relay
from reference_impl.framing import Chunker
from reference_impl.planting import replace


class _HoldsBack(Chunker):
    _held: tuple[bytes, ...] = ()

    def feed(self, pcm: bytes) -> Iterable[bytes]:
        frames = (*self._held, *super().feed(pcm))
        self._held = frames[-1:]
        return frames[:-1]


def plant() -> None:
    """Plant the bug: `flush` is the one that returns nothing."""
    replace(relay, "Chunker", by=_HoldsBack)
