"""The HTTP body is read in pieces of 1023 bytes, and each piece is trimmed to whole samples.

One byte of each piece is lost; what follows is shifted by half a sample and sounds like noise
(the wrong reading of right bytes: AreevAI/flowcat PR #11).
"""

from reference_impl import server
from reference_impl.framing import SAMPLE_BYTES, Chunk, Part
from reference_impl.planting import replace
from reference_impl.upstream_http import HttpUpstream

PIECE_BYTES = 1023


class _Trims(HttpUpstream):
    async def receive(self) -> Part:
        assert self._response is not None, "receive comes after open"
        piece = await self._response.resource.content.read(PIECE_BYTES)
        if not piece:
            return await super().receive()
        return Chunk(payload=piece[: len(piece) - len(piece) % SAMPLE_BYTES])


def plant() -> None:
    """Plant the bug."""
    replace(server, "HttpUpstream", by=_Trims)
