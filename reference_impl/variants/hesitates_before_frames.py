"""What the upstream sends waits for a time of its own, up to 30 ms, as on a busy server.

It comes late, but in order, and a STOP is obeyed at once all the same.
"""

import asyncio
from collections.abc import Iterable
from itertools import cycle

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Exchange, Session

_WAITS_MS = cycle((0, 22, 5, 30, 0, 0, 14))


class _Hesitates(Session):
    async def pass_on(self, exchange: Exchange, frames: Iterable[bytes]) -> None:
        await asyncio.sleep(next(_WAITS_MS) / 1000)
        await super().pass_on(exchange, frames)


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_Hesitates)
