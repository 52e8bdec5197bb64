"""Each sentence is a stream of its own, and all of a message run side by side: declared.

What was fetched ahead waits in memory, which is bounded; the streams of a stopped message go
together.
"""

import asyncio
import re

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.queueing import Fetched, PrefetchingSession, SeveralAtOnce, while_held
from reference_impl.relay import Exchange
from reference_impl.upstream import SpeechRequest
from reference_impl.vocabulary import Ending, EndReason, Speak, UpstreamEnded

_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?؟])\s+")


class _Prefetches(PrefetchingSession):
    async def speak(self, exchange: Exchange, message: Speak) -> None:
        self._upstream_turn = SeveralAtOnce()
        ending = Ending(reason=EndReason.COMPLETED)
        async with asyncio.TaskGroup() as fetching:
            texts = _BETWEEN_SENTENCES.split(message.text.strip())
            streams = [self._fetch(exchange, message, text, fetching) for text in texts]
            for fetched, stream in streams:
                while (pcm := await fetched.next()) is not None:
                    await self.pass_on(exchange, self.new_chunker().feed(pcm))
                ending = stream.result()
                if ending.reason is not EndReason.COMPLETED:
                    break
            for _, stream in streams:
                stream.cancel()
        await self.ask(UpstreamEnded(exchange=exchange.number, ending=ending))

    def _fetch(
        self, exchange: Exchange, message: Speak, text: str, fetching: asyncio.TaskGroup
    ) -> "tuple[Fetched, asyncio.Task[Ending]]":
        fetched = Fetched()
        request = SpeechRequest(model=self._settings.model, text=text, voice=message.voice)
        segment = self.speak_segment(exchange, request, fetched)
        stream = fetching.create_task(while_held(segment))
        stream.add_done_callback(lambda _: fetched.end())
        return fetched, stream


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_Prefetches)
