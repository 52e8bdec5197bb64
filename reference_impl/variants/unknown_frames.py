"""The client is told more than the protocol knows: fields in known frames, and whole frames.

Text frames of an unknown type (metrics, captions) stand between the audio.
"""

import dataclasses
import json

from reference_impl import server
from reference_impl.downstream import Downstream, _Kind, _Queued
from reference_impl.planting import replace

EVERY = 5


class _Chatty(Downstream):
    _frames = 0

    async def put(self, queued: _Queued) -> None:
        if queued.kind is _Kind.TEXT:
            document = {**json.loads(queued.payload), "relay": {"host": "a", "load": 0.5}}
            queued = dataclasses.replace(queued, payload=json.dumps(document).encode())
        await super().put(queued)

    async def put_audio(self, pcm: bytes) -> None:
        await super().put_audio(pcm)
        self._frames += 1
        if self._frames % EVERY == 0:
            await self._websocket.send_str(json.dumps({"type": "metrics", "frames": self._frames}))


def plant() -> None:
    """Put it in its place."""
    replace(server, "Downstream", by=_Chatty)
