"""The handler of a timeout believes that a connection which says nothing is gone.

It ends the message and forgets the socket, which is as open as before: the provider's stream of a
given-up message is live beside the next one (pipecat #3835).
"""

import asyncio
from typing import ClassVar

from reference_impl import server
from reference_impl.framing import Part
from reference_impl.planting import replace
from reference_impl.upstream_websocket import WebSocketUpstream


class _Forgets(WebSocketUpstream):
    forgotten: ClassVar[list[WebSocketUpstream]] = []

    async def receive(self) -> Part:
        try:
            return await super().receive()
        except asyncio.CancelledError:  # by the budget; who stops a message releases first
            self.forgotten.append(self)
            raise

    def release(self) -> bool:
        return False if self in self.forgotten else super().release()


def plant() -> None:
    """Plant the bug."""
    replace(server, "WebSocketUpstream", by=_Forgets)
