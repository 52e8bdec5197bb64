"""A client that reads nothing is thrown out by the one who writes, which is not the one who cleans.

The connection is closed in time. The session behind it is told nothing, holds its upstream and
waits for room in a buffer that nobody empties (livekit/agents #4676).
"""

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import ClientLeft, Input

POLICY_VIOLATION = 1008


class _Kicks(Session):
    _has_kicked = False

    async def post(self, arrived: Input) -> None:
        if isinstance(arrived, ClientLeft) and arrived.cause == "client_stalled":
            self._has_kicked = True
            await self.client.close(POLICY_VIOLATION)
        elif not (self._has_kicked and isinstance(arrived, ClientLeft)):
            await super().post(arrived)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Kicks)
