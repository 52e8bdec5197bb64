"""Between the audio stand text frames of a type that no client knows: metrics, captions."""

import json

from reference_impl import server
from reference_impl.downstream import Downstream
from reference_impl.planting import replace

EVERY = 5


class _Chatty(Downstream):
    _frames = 0

    async def put_audio(self, pcm: bytes) -> None:
        await super().put_audio(pcm)
        self._frames += 1
        if self._frames % EVERY == 0:
            await self._websocket.send_str(json.dumps({"type": "metrics", "frames": self._frames}))


def plant() -> None:
    """Put it in its place."""
    replace(server, "Downstream", by=_Chatty)
