"""An empty read is the end of a file, so an empty frame is the end of a stream.

The provider's marker is another one; it sends an empty frame as a sign of life, and the rest of the
sentence is cut off (an end that is inferred: pipecat #2704).
"""

from reference_impl import upstream_websocket
from reference_impl.framing import Chunk, Framed, Part, WebSocketFraming
from reference_impl.planting import replace


class _EndsAtEmpty(WebSocketFraming):
    def take(self, part: Part) -> Framed:
        if isinstance(part, Chunk) and not part.payload:
            return self._completed(self._rest())
        return super().take(part)


def plant() -> None:
    """Plant the bug."""
    replace(upstream_websocket, "WebSocketFraming", by=_EndsAtEmpty)
