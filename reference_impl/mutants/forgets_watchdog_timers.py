"""Each message is watched by a timer of an hour, and nobody cancels it when the message has ended.

It finds nothing to do when its hour has come; until then one more of them waits after each message
(memory over hours: livekit/agents #2166, #5590).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import OpenUpstream

WATCH_S = 3600


class _Watched(Session):
    def open_upstream(self, command: OpenUpstream) -> None:
        super().open_upstream(command)
        if self._exchange is not None:
            asyncio.get_running_loop().call_later(WATCH_S, self._exchange.release)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Watched)
