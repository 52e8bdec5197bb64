"""A smoothing buffer of 480 ms is emptied towards the client when STOP comes, not thrown away.

"Cut" was built on "finish": what was held back goes out in one burst, then the message ends at
once. Nothing is late, but half a second is heard after STOP (pipecat #3077, #754).
"""

import asyncio
from collections.abc import Iterable

from reference_impl import server
from reference_impl.framing import Chunker
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import AudioArrived, Stop

FRAMES_HELD = 6
COMMAND_BUS_S = 0.03


class _Smoother(Chunker):
    def __init__(self) -> None:
        self._held: list[bytes] = []

    def feed(self, pcm: bytes) -> Iterable[bytes]:
        self._held += super().feed(pcm)
        due, self._held = self._held[:-FRAMES_HELD], self._held[-FRAMES_HELD:]
        return due

    def flush(self) -> Iterable[bytes]:
        held, self._held = self._held, []
        return held


class _FlushesFirst(Session):
    def new_chunker(self) -> Chunker:
        self._smoother = _Smoother()
        return self._smoother

    async def take_stop(self, stop: Stop) -> None:
        if self._exchange is not None and self._stream.current is not None:
            of_this_message = Stop(message_id=stop.message_id or self._stream.current)
            self._tasks.create_task(self._flush_and_stop(self._exchange.number, of_this_message))

    async def _flush_and_stop(self, exchange: int, stop: Stop) -> None:
        await asyncio.sleep(COMMAND_BUS_S)  # the way of a command to the one who obeys it
        for pcm in self._smoother.flush():
            await self.post(AudioArrived(exchange=exchange, pcm=pcm))
        await self.client.flush()
        await self.post(stop)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_FlushesFirst)
