"""After a failure there is a pause of 1.5 s before another attempt, and there is no other attempt.

So the message is open for 1.5 s longer than anybody works for it (a completion that comes seconds
late: livekit/agents #5359).
"""

import asyncio

from reference_impl import server
from reference_impl.framing import Chunker
from reference_impl.planting import replace
from reference_impl.relay import Exchange, Session
from reference_impl.upstream import SpeechRequest
from reference_impl.vocabulary import Ending, EndReason

BACK_OFF_S = 1.5


class _BacksOff(Session):
    async def speak_segment(
        self, exchange: Exchange, request: SpeechRequest, chunker: Chunker
    ) -> Ending:
        ending = await super().speak_segment(exchange, request, chunker)
        if ending.reason is EndReason.UPSTREAM_ERROR:
            await asyncio.sleep(BACK_OFF_S)
        return ending


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_BacksOff)
