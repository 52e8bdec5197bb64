"""Behind its end marker a stream might still send something, so its socket is kept for 1.5 s.

The protocol has one socket per message and nothing behind the marker; with short messages each user
holds two or three of them (sockets that are not torn down: pipecat #4409).
"""

import asyncio

from reference_impl import server
from reference_impl.framing import Part, Text
from reference_impl.planting import replace
from reference_impl.upstream_websocket import WebSocketUpstream

LINGER_S = 1.5


class _Lingers(WebSocketUpstream):
    _has_ended = False

    async def receive(self) -> Part:
        part = await super().receive()
        self._has_ended = isinstance(part, Text)
        return part

    def release(self) -> bool:
        if not self._has_ended or self._connection is None:
            return super().release()
        asyncio.get_running_loop().call_later(LINGER_S, self._connection.abandon)
        return False


def plant() -> None:
    """Plant the bug."""
    replace(server, "WebSocketUpstream", by=_Lingers)
