"""Audio is queued for the client, however much waits there already.

Memory is cheap, so neither the upstream nor the writer has a limit: for a client that reads nothing
the whole answer is taken from the provider, at full speed, and kept (grafana/k6 #4670).
"""

from reference_impl import server
from reference_impl.downstream import ClientGone, Downstream
from reference_impl.planting import replace


class _NeverWaits(Downstream):
    async def room(self) -> None:
        return

    async def write(self) -> None:
        try:
            while True:
                await self.put(await self._next())
        except ConnectionError as error:
            raise ClientGone("client_left") from error


def plant() -> None:
    """Plant the bug."""
    replace(server, "Downstream", by=_NeverWaits)
