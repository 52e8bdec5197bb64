"""A short chime sounds before each message, so that people look up: declared as extra audio."""

from collections.abc import Iterable

from reference_impl import relay
from reference_impl.framing import Chunker
from reference_impl.planting import replace

CHIME = b"".join(
    (((n * 37) % 64 - 32) * 100).to_bytes(2, "little", signed=True) for n in range(960)
)
"""40 ms."""


class _Chimes(Chunker):
    _is_begun = False

    def feed(self, pcm: bytes) -> Iterable[bytes]:
        if pcm and not self._is_begun:
            self._is_begun = True
            pcm = CHIME + pcm
        return super().feed(pcm)


def plant() -> None:
    """Put it in its place."""
    replace(relay, "Chunker", by=_Chimes)
