"""Each sentence is a stream of its own, and each stream's end is told as the message's end.

Stop and start in the middle of a message (pipecat #453); the client closes it after one sentence.
"""

import re

from reference_impl import server
from reference_impl.framing import Chunker
from reference_impl.planting import replace
from reference_impl.relay import Exchange, Session
from reference_impl.upstream import SpeechRequest
from reference_impl.vocabulary import Ending


class _EndsEach(Session):
    def segments(self, text: str) -> tuple[str, ...]:
        return tuple(re.split(r"(?<=[.!?؟])\s+", text))

    async def speak_segment(
        self, exchange: Exchange, request: SpeechRequest, chunker: Chunker
    ) -> Ending:
        ending = await super().speak_segment(exchange, request, chunker)
        if self._stream.current is not None:
            self.client.send_end(self._stream.current, ending.reason)
        return ending


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_EndsEach)
