"""One chunk is always held back, as a smoother does it, and sent when the stream has ended.

At STOP what is held is thrown away; at the end it goes out before the end signal.
"""

from collections.abc import Iterable

from reference_impl import relay
from reference_impl.framing import Chunker
from reference_impl.planting import replace


class _HoldsOne(Chunker):
    _held: tuple[bytes, ...] = ()

    def feed(self, pcm: bytes) -> Iterable[bytes]:
        frames = (*self._held, *super().feed(pcm))
        self._held = frames[-1:]
        return frames[:-1]

    def flush(self) -> Iterable[bytes]:
        held, self._held = self._held, ()
        return held


def plant() -> None:
    """Put it in its place."""
    replace(relay, "Chunker", by=_HoldsOne)
