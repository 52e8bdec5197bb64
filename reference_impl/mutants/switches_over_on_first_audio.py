"""The old upstream is kept until the new one has brought its first audio, for a seamless switch.

Make before break: nobody may hear a gap, so the old stream is let go of behind the first sample of
the new message (a new socket beside the old one in each turn: livekit/agents #6078).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Exchange, Session
from reference_impl.vocabulary import CleanUp, OpenUpstream, SendAudio


class _SwitchesOver(Session):
    _old: Exchange | None = None

    def clean_up(self, command: CleanUp) -> None:
        if command.cause == "superseded" and self._old is None:
            self._old, self._exchange = self._exchange, None
        super().clean_up(command)

    def open_upstream(self, command: OpenUpstream) -> None:
        self._upstream_turn = asyncio.Lock()
        super().open_upstream(command)

    def send_audio(self, command: SendAudio) -> None:
        super().send_audio(command)
        if self._old is not None:
            asyncio.get_running_loop().call_later(0.02, self._old.release)
            self._old = None


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_SwitchesOver)
