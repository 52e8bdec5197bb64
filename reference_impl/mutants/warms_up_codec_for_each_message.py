"""The encoder is made anew for each message, when its first audio has come, and takes 75 ms.

All that follows is on time, since speech has a pace; but each answer begins later than it had to.
"""

import asyncio
from collections.abc import Iterable

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Exchange, Session

WARM_UP_S = 0.075


class _WarmsUp(Session):
    _warm: Exchange | None = None

    async def pass_on(self, exchange: Exchange, frames: Iterable[bytes]) -> None:
        frames = tuple(frames)
        if frames and self._warm is not exchange:
            self._warm = exchange
            await asyncio.sleep(WARM_UP_S)
        await super().pass_on(exchange, frames)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_WarmsUp)
