"""The event that STOP sets is a module's, not a session's: one user's STOP stops all.

The others' messages end in mid-sentence, each politely, with its end signal.
"""

from typing import ClassVar

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import Stop


class _StopsAll(Session):
    everybody: ClassVar[list["_StopsAll"]] = []

    async def run(self) -> None:
        self.everybody.append(self)
        try:
            await super().run()
        finally:
            self.everybody.remove(self)

    async def take_stop(self, stop: Stop) -> None:
        for session in self.everybody:
            await session.post(stop)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_StopsAll)
