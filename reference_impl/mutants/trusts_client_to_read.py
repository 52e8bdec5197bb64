"""The write to the client has no time limit: TCP will tell when the client is gone.

A client whose machine lives on and reads nothing is never told gone; its session and its upstream
are held as long as it pleases (unclosed sessions: livekit/agents #4676).
"""

from reference_impl import server
from reference_impl.downstream import ClientGone, Downstream
from reference_impl.planting import replace


class _Trusts(Downstream):
    async def write(self) -> None:
        try:
            while True:
                await self.put(await self._next())
        except ConnectionError as error:
            raise ClientGone("client_left") from error


def plant() -> None:
    """Plant the bug."""
    replace(server, "Downstream", by=_Trusts)
