"""The upstream is let go by dropping its connection: no close frame, no waiting.

For a provider that charges by the second this is the quickest way to be heard.
"""

from reference_impl import upstream_websocket
from reference_impl.planting import replace
from reference_impl.upstream_websocket import WebSocketConnection


class _Resets(WebSocketConnection):
    def say_goodbye(self) -> None:
        self.abort()


def plant() -> None:
    """Put it in its place."""
    replace(upstream_websocket, "WebSocketConnection", by=_Resets)
