"""An upstream that fails before its first sample is asked once more: declared as such.

Afterwards a failure is told to the client, as ever.
"""

from reference_impl import server
from reference_impl.framing import Chunker
from reference_impl.message_stream import Phase
from reference_impl.planting import replace
from reference_impl.relay import Exchange, Session
from reference_impl.upstream import SpeechRequest
from reference_impl.vocabulary import Ending, EndReason


class _Retries(Session):
    async def speak_segment(
        self, exchange: Exchange, request: SpeechRequest, chunker: Chunker
    ) -> Ending:
        ending = await super().speak_segment(exchange, request, chunker)
        if ending.reason is not EndReason.COMPLETED and self._stream.phase is Phase.REQUESTED:
            ending = await super().speak_segment(exchange, request, chunker)
        return ending


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_Retries)
