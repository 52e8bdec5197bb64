"""Messages wait for their turn, and STOP is for all of them: declared as queue and as all.

Whoever says stop wants silence. What waits has not been announced, so it is owed no end signal.
"""

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.queueing import QueueingSession
from reference_impl.vocabulary import Stop


class _Clears(QueueingSession):
    async def take_stop(self, stop: Stop) -> None:
        self.waiting.clear()
        await super().take_stop(stop)


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_Clears)
