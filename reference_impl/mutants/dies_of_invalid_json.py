"""The handler of a frame raises on invalid JSON, and what it raises takes the connection with it.

The client is told neither what was wrong nor that it is over: the socket is just gone.
"""

from reference_impl import server
from reference_impl.downstream import Downstream, FromClient
from reference_impl.planting import replace
from reference_impl.vocabulary import ClientLeft, Rejected


class _Dies(Downstream):
    async def receive(self) -> FromClient:
        arrived = await super().receive()
        if isinstance(arrived, Rejected) and arrived.failure.code == "invalid_json":
            self._connection.abandon()
            return ClientLeft(cause="broken_frame")
        return arrived


def plant() -> None:
    """Plant the bug."""
    replace(server, "Downstream", by=_Dies)
