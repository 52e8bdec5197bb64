"""Each request is made twice, "for latency", and the second answer is kept in reserve unread.

Two upstream streams are live for each message, both are paid for, and no policy says so.
"""

from typing import Any

from reference_impl import server
from reference_impl.completion_budget import CompletionBudget
from reference_impl.planting import replace
from reference_impl.upstream import SpeechRequest
from reference_impl.upstream_websocket import WebSocketUpstream


class _Hedged(WebSocketUpstream):
    def __init__(self, **shared: Any) -> None:
        super().__init__(**shared)
        self._reserve = WebSocketUpstream(**shared)

    async def open(self, request: SpeechRequest, budget: CompletionBudget) -> None:
        await super().open(request, budget)
        await self._reserve.open(request, budget)

    def release(self) -> bool:
        self._reserve.release()
        return super().release()


def plant() -> None:
    """Plant the bug."""
    replace(server, "WebSocketUpstream", by=_Hedged)
