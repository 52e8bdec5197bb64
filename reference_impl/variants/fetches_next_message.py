"""The message that waits next is fetched while another is spoken: declared as prefetch_next.

What was fetched waits in memory until its turn, which it gets when the other one has ended.
"""

from typing import TYPE_CHECKING

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.queueing import (
    Fetched,
    PrefetchingSession,
    QueueingSession,
    SeveralAtOnce,
    while_held,
)
from reference_impl.relay import Exchange
from reference_impl.upstream import SpeechRequest
from reference_impl.vocabulary import Ending, Input, SendEnd, Speak, UpstreamEnded

if TYPE_CHECKING:
    import asyncio


class _FetchesNext(PrefetchingSession, QueueingSession):
    _next: tuple[str, Exchange, Fetched, "asyncio.Task[Ending]"] | None = None

    async def post(self, arrived: Input) -> None:
        await super().post(arrived)
        self._fetch_next()

    def send_end(self, command: SendEnd) -> None:
        super().send_end(command)
        self._fetch_next()

    async def run(self) -> None:
        self._upstream_turn = SeveralAtOnce()
        await super().run()

    def _fetch_next(self) -> None:
        if self._next is not None or not self.waiting:
            return
        message = self.waiting[0]
        fetched, ahead = Fetched(), Exchange(number=0)
        request = SpeechRequest(model=self._settings.model, text=message.text, voice=message.voice)
        segment = self.speak_segment(ahead, request, fetched)
        stream = self._tasks.create_task(while_held(segment), name="ahead")
        stream.add_done_callback(lambda _: fetched.end())
        self._next = (message.message_id, ahead, fetched, stream)

    async def speak(self, exchange: Exchange, message: Speak) -> None:
        if self._next is None or self._next[0] != message.message_id:
            await super().speak(exchange, message)
            return
        _, ahead, fetched, stream = self._next
        self._next = None
        exchange.upstream = ahead.upstream
        self._fetch_next()
        try:
            while (pcm := await fetched.next()) is not None:
                await self.pass_on(exchange, self.new_chunker().feed(pcm))
            await self.ask(UpstreamEnded(exchange=exchange.number, ending=stream.result()))
        finally:
            stream.cancel()


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_FetchesNext)
