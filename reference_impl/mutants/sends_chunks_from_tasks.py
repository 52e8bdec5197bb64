"""Each chunk is sent by a task of its own, and nothing says that tasks finish in their order.

The third and the fourth chunk of a message change places.
"""

from collections.abc import Iterable

from reference_impl import relay
from reference_impl.framing import Chunker
from reference_impl.planting import replace

OVERTAKEN = 3


class _Unordered(Chunker):
    _count = 0
    _late: tuple[bytes, ...] = ()

    def feed(self, pcm: bytes) -> Iterable[bytes]:
        for frame in super().feed(pcm):
            self._count += 1
            if self._count == OVERTAKEN:
                self._late = (frame,)
                continue
            late, self._late = self._late, ()
            yield from (frame, *late)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "Chunker", by=_Unordered)
