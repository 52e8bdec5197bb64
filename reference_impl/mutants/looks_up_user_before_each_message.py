"""Before a message is spoken, the voice that the user has chosen is read from a far database.

The request waits 620 ms for what was known when the session began; with a provider that answers in
120 ms the user waits three quarters of a second (each turn pays anew: livekit/agents #6078).
"""

import asyncio

from reference_impl import server
from reference_impl.framing import Chunker
from reference_impl.planting import replace
from reference_impl.relay import Exchange, Session
from reference_impl.upstream import SpeechRequest
from reference_impl.vocabulary import Ending

LOOK_UP_S = 0.62


class _LooksUp(Session):
    async def speak_segment(
        self, exchange: Exchange, request: SpeechRequest, chunker: Chunker
    ) -> Ending:
        await asyncio.sleep(LOOK_UP_S)
        return await super().speak_segment(exchange, request, chunker)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_LooksUp)
