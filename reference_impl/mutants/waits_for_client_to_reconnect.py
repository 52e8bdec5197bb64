"""A client that is gone might only have changed its network: its session waits 1.5 s for it.

Nobody can ever come back to it, since a new connection makes a new session; the provider speaks on
for nobody (livekit/agents #4676).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import ClientLeft, Input

HOPE_S = 1.5


class _Hopes(Session):
    async def post(self, arrived: Input) -> None:
        if isinstance(arrived, ClientLeft):
            await asyncio.sleep(HOPE_S)
        await super().post(arrived)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Hopes)
