"""Four frames are held back so that STOP can end at a good place, and are spoken behind it.

The end is prompt and nothing is late, but 320 ms are heard after STOP, in one burst (the last
sentence after an interruption: pipecat #3077, #754).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import AwaitDrain, SendAudio, SendEnd, Stop

FRAMES_HELD = 4
COMMAND_BUS_S = 0.03  # the way of a command to the one who obeys it


class _FinishesPhrase(Session):
    _held: tuple[SendAudio, ...] = ()

    def send_audio(self, command: SendAudio) -> None:
        self._held += (command,)
        self._let_out(keep=FRAMES_HELD)

    def await_drain(self, command: AwaitDrain) -> None:
        self._let_out(keep=0)
        super().await_drain(command)

    def send_end(self, command: SendEnd) -> None:
        self._let_out(keep=0)
        super().send_end(command)

    async def take_stop(self, stop: Stop) -> None:
        if self._stream.current is not None:
            of_this_message = Stop(message_id=stop.message_id or self._stream.current)
            self._tasks.create_task(self._stop_later(of_this_message), name="command bus")

    async def _stop_later(self, stop: Stop) -> None:
        await asyncio.sleep(COMMAND_BUS_S)
        await super().take_stop(stop)

    def _let_out(self, *, keep: int) -> None:
        while len(self._held) > keep:
            first, *rest = self._held
            self._held = tuple(rest)
            super().send_audio(first)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_FinishesPhrase)
