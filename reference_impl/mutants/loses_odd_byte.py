"""Audio is cut into pieces of 1023 bytes, and each is trimmed to whole samples.

One byte of each piece is lost; what follows is shifted by half a sample and sounds like noise.
"""

from collections.abc import Iterable

from reference_impl import relay
from reference_impl.framing import Chunker
from reference_impl.planting import replace

PIECE_BYTES = 1023


class _Trims(Chunker):
    def feed(self, pcm: bytes) -> Iterable[bytes]:
        pieces = (pcm[at : at + PIECE_BYTES] for at in range(0, len(pcm), PIECE_BYTES))
        return (piece[: len(piece) // 2 * 2] for piece in pieces)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "Chunker", by=_Trims)
