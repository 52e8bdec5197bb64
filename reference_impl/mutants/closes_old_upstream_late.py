"""A superseded message's upstream is closed by a reaper that comes by 400 ms later.

The lock that should keep two upstream streams apart is made anew for each message, so it keeps
nobody out: old and new stream run side by side, and both are paid for (livekit/agents #6078).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import OpenUpstream

REAPER_S = 0.4


class _Reaped(Session):
    def open_upstream(self, command: OpenUpstream) -> None:
        self._upstream_turn = asyncio.Lock()
        super().open_upstream(command)

    def release_upstream(self) -> None:
        if self._exchange is not None:
            asyncio.get_running_loop().call_later(REAPER_S, self._exchange.release)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Reaped)
