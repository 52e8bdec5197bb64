"""Chunks wait in a weak dictionary for their turn, and now and then one is collected there.

One message in twenty lacks its second chunk; everything else about it is right.
"""

from collections.abc import Iterable
from typing import ClassVar

from reference_impl import relay
from reference_impl.framing import Chunker
from reference_impl.planting import replace

COLLECTED_ONE_IN = 20


class _Collects(Chunker):
    messages: ClassVar[list[int]] = []
    _count = 0

    def feed(self, pcm: bytes) -> Iterable[bytes]:
        for frame in super().feed(pcm):
            self._count += 1
            if self._count == 1:
                self.messages.append(len(frame))
            if self._count != 2 or len(self.messages) % COLLECTED_ONE_IN:
                yield frame


def plant() -> None:
    """Plant the bug."""
    replace(relay, "Chunker", by=_Collects)
