"""One loop serves the client: it reads a command, speaks the whole message, reads the next.

So STOP is seen when there is nothing left to stop, and a PING behind it is answered just as late:
the PONG alone would excuse it (commands queued behind speech: pipecat #950, #3191).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import Input, SendEnd, Speak


class _OneLoop(Session):
    async def post(self, arrived: Input) -> None:
        if not isinstance(arrived, Speak):
            await super().post(arrived)
            return
        self._has_ended = asyncio.Event()
        await self.ask(arrived)
        if self._stream.current is not None:
            await self._has_ended.wait()

    def send_end(self, command: SendEnd) -> None:
        super().send_end(command)
        self._has_ended.set()


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_OneLoop)
