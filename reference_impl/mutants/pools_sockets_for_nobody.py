"""A socket whose message has ended is put back into a pool from which nobody ever takes one.

The protocol has one socket per message, so each message leaves one open behind it, until the
provider refuses the next (pipecat #3835, #4409).
"""

from typing import ClassVar

from reference_impl import server
from reference_impl.framing import Part, Text
from reference_impl.planting import replace
from reference_impl.upstream_websocket import WebSocketUpstream


class _Pooled(WebSocketUpstream):
    pool: ClassVar[list[WebSocketUpstream]] = []
    _has_ended = False

    async def receive(self) -> Part:
        part = await super().receive()
        self._has_ended = isinstance(part, Text)
        return part

    def release(self) -> bool:
        if not self._has_ended:
            return super().release()
        self.pool.append(self)
        return True


def plant() -> None:
    """Plant the bug."""
    replace(server, "WebSocketUpstream", by=_Pooled)
