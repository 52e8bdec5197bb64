"""The start signal comes with the first audio; a message without audio has its end signal only.

So a client shows the speaker when there is something to hear, and not before.
"""

from reference_impl import server
from reference_impl.downstream import Downstream
from reference_impl.planting import replace


class _Announces(Downstream):
    _to_announce: str | None = None

    def send_start(self, message_id: str) -> None:
        self._to_announce = message_id

    def send_audio(self, pcm: bytes) -> None:
        if self._to_announce is not None:
            super().send_start(self._to_announce)
            self._to_announce = None
        super().send_audio(pcm)


def plant() -> None:
    """Put it in its place."""
    replace(server, "Downstream", by=_Announces)
