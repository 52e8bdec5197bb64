"""An upstream that fails in mid-stream is asked again, and speaks from the beginning: declared.

The client hears the words before the failure twice, which is this platform's choice.
"""

from reference_impl import server
from reference_impl.framing import Chunker
from reference_impl.planting import replace
from reference_impl.relay import Exchange, Session
from reference_impl.upstream import SpeechRequest
from reference_impl.vocabulary import Ending, EndReason


class _Restarts(Session):
    async def speak_segment(
        self, exchange: Exchange, request: SpeechRequest, chunker: Chunker
    ) -> Ending:
        ending = await super().speak_segment(exchange, request, chunker)
        if ending.reason is EndReason.UPSTREAM_ERROR:
            ending = await super().speak_segment(exchange, request, chunker)
        return ending


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_Restarts)
