"""The end signal comes when the audio has been played, not when it was sent: declared as playback.

How long that takes is known from the samples: they are played one after the other, each no earlier
than it was sent.
"""

import asyncio

from reference_impl import server
from reference_impl.framing import BYTES_PER_MS
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import AwaitDrain, CleanUp, SendAudio


class _EndsWhenPlayed(Session):
    _played_at = 0.0

    def send_audio(self, command: SendAudio) -> None:
        super().send_audio(command)
        begin = max(self._played_at, asyncio.get_running_loop().time())
        self._played_at = begin + len(command.pcm) / BYTES_PER_MS / 1000

    def await_drain(self, command: AwaitDrain) -> None:
        asyncio.get_running_loop().call_at(self._played_at, super().await_drain, command)

    def clean_up(self, command: CleanUp) -> None:
        super().clean_up(command)
        self._played_at = 0.0


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_EndsWhenPlayed)
