"""Whatever the upstream sends is audio, its text marker `__END__` too.

Each message ends with a click of four samples that nobody synthesised.
"""

from reference_impl import upstream_websocket
from reference_impl.framing import Framed, Part, Text, WebSocketFraming
from reference_impl.planting import replace


class _AllIsAudio(WebSocketFraming):
    def take(self, part: Part) -> Framed:
        framed = super().take(part)
        if not isinstance(part, Text):
            return framed
        marker = part.text.encode()
        return Framed(pcm=marker + bytes(len(marker) % 2), ending=framed.ending)


def plant() -> None:
    """Plant the bug."""
    replace(upstream_websocket, "WebSocketFraming", by=_AllIsAudio)
