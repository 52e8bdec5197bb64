"""A closed connection brings no more audio, so the stream is complete.

The declared marker never came, and the close frame says that the server has failed; the client is
told "completed" and no error.
"""

from reference_impl import upstream_websocket
from reference_impl.framing import Finish, Framed, Part, WebSocketFraming
from reference_impl.planting import replace


class _AnyClose(WebSocketFraming):
    def take(self, part: Part) -> Framed:
        return self._completed(self._rest()) if isinstance(part, Finish) else super().take(part)


def plant() -> None:
    """Plant the bug."""
    replace(upstream_websocket, "WebSocketFraming", by=_AnyClose)
