"""That the client has left is noticed only when the message has been spoken to its end.

The one who reads the client's socket waits in line behind the speech; the provider speaks for
nobody, and what cannot be written is kept (server handlers are not cancelled by default).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import ClientLeft, Input, SendEnd


class _NoticesLate(Session):
    async def post(self, arrived: Input) -> None:
        self._has_ended = asyncio.Event()
        if isinstance(arrived, ClientLeft) and self._stream.current is not None:
            await self._has_ended.wait()
        await super().post(arrived)

    def send_end(self, command: SendEnd) -> None:
        super().send_end(command)
        self._has_ended.set()


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_NoticesLate)
