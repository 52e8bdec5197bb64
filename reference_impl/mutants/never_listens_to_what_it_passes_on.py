"""An answer counts as audible when it has brought bytes.

A provider that says "success" and sends zeros is believed, and the user hears nothing without any
word about it (speaking, and silent: livekit/agents #3418).
"""

from reference_impl import upstream_websocket
from reference_impl.framing import WebSocketFraming
from reference_impl.planting import replace


class _Deaf(WebSocketFraming):
    def _heard(self, pcm: bytes) -> bytes:
        self._is_audible = self._is_audible or bool(pcm)
        return pcm


def plant() -> None:
    """Plant the bug."""
    replace(upstream_websocket, "WebSocketFraming", by=_Deaf)
