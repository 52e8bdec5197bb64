"""The cleanup of a client that leaves hangs on the message that it interrupts.

Who leaves between two messages interrupts none: the connection is gone, its session and its tasks
stay (server handlers are not cancelled by default).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import ClientLeft, Input


class _Keeps(Session):
    async def post(self, arrived: Input) -> None:
        if isinstance(arrived, ClientLeft) and self._stream.current is None:
            await asyncio.Event().wait()
        await super().post(arrived)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Keeps)
