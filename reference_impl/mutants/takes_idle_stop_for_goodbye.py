"""A STOP that finds nothing to stop can only mean that the user has had enough.

The session is closed politely; a user who was half a second late with STOP is thrown out.
"""

from reference_impl import server
from reference_impl.message_stream import Phase
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import Retire, Stop

GOODBYE = 1000


class _SaysGoodbye(Session):
    async def take_stop(self, stop: Stop) -> None:
        if self._stream.phase is Phase.IDLE:
            await self.post(Retire(close_code=GOODBYE, cause="goodbye"))
        else:
            await super().take_stop(stop)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_SaysGoodbye)
