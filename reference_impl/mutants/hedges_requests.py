"""Each request is made twice, "for latency", and the second answer is kept in reserve unread.

Two upstream streams are live for each message, both are paid for, and no policy says so.
"""

from copy import copy

from reference_impl import server
from reference_impl.completion_budget import CompletionBudget
from reference_impl.planting import replace
from reference_impl.upstream import SpeechRequest
from reference_impl.upstream_websocket import WebSocketUpstream


class _Hedged(WebSocketUpstream):
    _reserve: WebSocketUpstream | None = None

    async def open(self, request: SpeechRequest, budget: CompletionBudget) -> None:
        reserve = copy(self)
        await super().open(request, budget)
        await WebSocketUpstream.open(reserve, request, budget)
        self._reserve = reserve

    def release(self) -> bool:
        if self._reserve is not None:
            self._reserve.release()
        return super().release()


def plant() -> None:
    """Plant the bug."""
    replace(server, "WebSocketUpstream", by=_Hedged)
