"""STOP is obeyed within its limits, but late: audio until 100 ms, release and end after 200 ms.

A platform that asks another process to stop looks like this. A STOP is for the message that was
asked for last before it, however long it takes.
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import AwaitDrain, Input, SendAudio, Speak, Stop

AUDIO_S = 0.1
END_S = 0.2


class _TakesItsTime(Session):
    _asked: str | None = None
    _muted: str | None = None

    async def post(self, arrived: Input) -> None:
        if isinstance(arrived, Speak):
            self._asked = arrived.message_id
        await super().post(arrived)

    async def take_stop(self, stop: Stop) -> None:
        message_id = stop.message_id or self._asked
        if message_id is None:
            await self.post(stop)  # nothing was asked for yet, and nothing that comes is meant
            return
        self._tasks.create_task(self._obey_slowly(Stop(message_id=message_id)), name="stop")

    async def _obey_slowly(self, stop: Stop) -> None:
        await asyncio.sleep(AUDIO_S)
        self._muted = stop.message_id
        await asyncio.sleep(END_S - AUDIO_S)
        await self.post(stop)

    def send_audio(self, command: SendAudio) -> None:
        if self._stream.current != self._muted:
            super().send_audio(command)

    def await_drain(self, command: AwaitDrain) -> None:
        if self._stream.current != self._muted:  # else STOP will end it
            super().await_drain(command)


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_TakesItsTime)
