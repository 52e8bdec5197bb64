"""The relay pings its client while it speaks, and takes the PONGs for what they are: nothing."""

from reference_impl import server
from reference_impl.downstream import Downstream
from reference_impl.planting import replace

EVERY = 4


class _Pings(Downstream):
    _frames = 0

    async def put_audio(self, pcm: bytes) -> None:
        await super().put_audio(pcm)
        self._frames += 1
        if self._frames % EVERY == 0:
            await self._websocket.ping(b"are you there?")


def plant() -> None:
    """Put it in its place."""
    replace(server, "Downstream", by=_Pings)
