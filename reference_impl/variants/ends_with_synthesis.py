"""The end signal says that all is made, not that all was sent: declared as synthesis.

Audio is held for 40 ms to smooth it, so the last of it follows the end. STOP and a new message that
interrupts throw it away; a message that was asked for afterwards begins behind it.
"""

import asyncio
from collections import deque

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import CleanUp, SendAudio, SendStart, Stop

HOLD_S = 0.04
_KEEP_AUDIO = ("completed", "speak")


class _EndsEarly(Session):
    async def run(self) -> None:
        self._held: deque[SendAudio] = deque()
        await super().run()

    def send_audio(self, command: SendAudio) -> None:
        self._held.append(command)
        asyncio.get_running_loop().call_later(HOLD_S, self._send_held)

    def send_start(self, command: SendStart) -> None:
        while self._held:
            self._send_held()
        super().send_start(command)

    async def take_stop(self, stop: Stop) -> None:
        if stop.message_id in (None, self._stream.current):
            self._held.clear()
            self.client.drop_audio()
        await super().take_stop(stop)

    def clean_up(self, command: CleanUp) -> None:
        if command.cause not in _KEEP_AUDIO:
            self._held.clear()
            super().clean_up(command)
            return
        self.release_upstream()
        self._journal.cleanup(
            session=self.session_id,
            message_id=command.message_id,
            cause=command.cause,
            call=command.call,
            effective=command.effective,
        )

    def _send_held(self) -> None:
        if self._held:
            super().send_audio(self._held.popleft())


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_EndsEarly)
