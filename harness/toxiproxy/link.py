"""How the stand-in moves bytes.

A connection is two links, one per direction; a link is a reader, a chain of stubs with one toxic
each (the first does nothing) and a writer. What this shape implies is what the real server shows:
an end of a link closes the whole socket, so there is no half-close; an error of a socket looks like
its end, so a reset is not passed on.
"""

import asyncio
import random
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from harness.toxiproxy.endpoint import Endpoint, Waiters
from harness.toxiproxy.toxics.base import Chunk, Settings, Signal, Stub, ToxicType

Spawn = Callable[..., asyncio.Task[None]]


@dataclass(slots=True, kw_only=True)
class Toxic:
    """A toxic that was added to a proxy; settings and toxicity may change."""

    name: str
    type: ToxicType
    stream: str
    toxicity: float
    settings: dict[str, int]


class Channel:
    """Chunks between two stubs; bounded, but a chunk in hand is never refused."""

    def __init__(self, capacity: int) -> None:
        self.chunks: deque[Chunk] = deque()
        self.changed = Waiters()
        self.is_closed = False
        self.is_abandoned = False
        """Nobody will ever read: what comes is dropped."""
        self._capacity = capacity

    @property
    def is_full(self) -> bool:
        """Return whether a polite sender waits."""
        return len(self.chunks) >= self._capacity and not self.is_abandoned

    def put(self, chunk: Chunk) -> None:
        """Append a chunk, also over the capacity."""
        if not self.is_abandoned:
            self.chunks.append(chunk)
        self.changed.wake()

    def close(self) -> None:
        """Let the reader see the end, after what is in it."""
        self.is_closed = True
        self.changed.wake()

    def abandon(self) -> None:
        """Drop what is in it and what will come."""
        self.is_abandoned = True
        self.chunks.clear()
        self.close()


class LinkStub:
    """The place of one toxic in one link; see ``toxics.base.Stub``."""

    def __init__(self, source: Channel, output: Channel, chance: random.Random) -> None:
        self.input = source
        self.output = output
        self.is_closed = False
        self.passed_bytes = 0
        self.chance = chance
        self._interrupted = False
        self._interruption = Waiters()
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None

    def run(self, toxic: Toxic | None, spawn: Spawn) -> None:
        """Start the toxic, or nothing in its place: drawn anew each time by its toxicity."""
        is_on = toxic is not None and self.chance.random() < toxic.toxicity
        pipe = toxic.type.pipe if toxic is not None and is_on else _pass_on
        settings = dict(toxic.settings) if toxic is not None else {}
        self._task = spawn(pipe(self, settings), name=f"toxic-{toxic.name if toxic else 'none'}")

    async def interrupt(self) -> bool:
        """Make the toxic return, keeping the chunk it holds; False if the stub has closed."""
        if self.is_closed or self._task is None:
            return False
        self._interrupted = True
        self._interruption.wake()
        await asyncio.wait((self._task,))
        if not self.is_closed:
            self._interrupted = False
        return not self.is_closed

    def now_s(self) -> float:
        """Return seconds of the event loop's clock."""
        return self._loop.time()

    def __aiter__(self) -> AsyncIterator[Chunk]:
        return self

    async def __anext__(self) -> Chunk:
        got = await self.receive()
        if isinstance(got, Chunk):
            return got
        if got is Signal.ENDED:
            self.close()
        raise StopAsyncIteration

    async def receive(self, within_s: float | None = None) -> Chunk | Signal:
        """Return the next chunk, or why there is none."""
        until_s = None if within_s is None else self.now_s() + within_s
        while True:
            if self._interrupted:
                return Signal.INTERRUPTED
            if self.input.chunks:
                chunk = self.input.chunks.popleft()
                self.input.changed.wake()
                return chunk
            if self.input.is_closed:
                return Signal.ENDED
            left_s = None if until_s is None else until_s - self.now_s()
            if left_s is not None and left_s <= 0:
                return Signal.LATE
            await self.input.changed.wait(self._interruption, seconds=left_s)

    async def send(self, chunk: Chunk) -> None:
        """Pass a chunk on; when interrupted, without waiting for room."""
        while self.output.is_full and not self._interrupted:
            await self.output.changed.wait(self._interruption)
        self.output.put(chunk)

    async def pause(self, seconds: float | None) -> bool:
        """Wait; return False as soon as the stub is interrupted."""
        if not self._interrupted and (seconds is None or seconds > 0):
            await self._interruption.wait(seconds=seconds)
        return not self._interrupted

    def close(self) -> None:
        """Let the next stub, or the writer, see the end."""
        self.is_closed = True
        self.output.close()

    def abandon(self) -> None:
        """Both sockets are closed: let the toxic return whatever it does."""
        self.close()
        self._interrupted = True
        self._interruption.wake()
        for channel in (self.input, self.output):
            channel.abandon()


class Link:
    """One direction of a connection."""

    def __init__(
        self,
        source: Endpoint,
        target: Endpoint,
        *,
        toxics: Sequence[Toxic],
        spawn: Spawn,
        chance: random.Random,
    ) -> None:
        self._source = source
        self._target = target
        self._spawn = spawn
        self._chance = chance
        self._toxics: list[Toxic | None] = [None, *toxics]
        channels = [Channel(toxic.type.buffer_chunks if toxic else 1) for toxic in self._toxics]
        self._output = Channel(1)
        self._stubs = [
            LinkStub(before, after, chance)
            for before, after in zip(channels, [*channels[1:], self._output], strict=True)
        ]

    def start(self) -> None:
        """Let bytes flow."""
        if any(toxic.type.resets for toxic in self._toxics if toxic is not None):
            self._source.end_by_reset()
            self._target.end_by_reset()
        self._spawn(self._read(), name="link-reader")
        for stub, toxic in zip(self._stubs, self._toxics, strict=True):
            stub.run(toxic, self._spawn)
        self._spawn(self._write(), name="link-writer")

    async def add(self, toxic: Toxic) -> None:
        """Put a toxic at the end of the chain; what was already behind it is not touched."""
        last = self._stubs[-1]
        between = Channel(toxic.type.buffer_chunks)
        stub = LinkStub(between, last.output, self._chance)
        if await last.interrupt():
            last.output = between
            stub.run(toxic, self._spawn)
            last.run(self._toxics[-1], self._spawn)
        else:
            stub.close()
        self._stubs.append(stub)
        self._toxics.append(toxic)

    async def update(self, toxic: Toxic) -> None:
        """Start a toxic again, with the settings that it has now."""
        stub = self._stubs[self._toxics.index(toxic)]
        if await stub.interrupt():
            stub.run(toxic, self._spawn)

    async def remove(self, toxic: Toxic) -> None:
        """Take a toxic out; what it held goes on in order, at once."""
        index = self._toxics.index(toxic)
        stub, before = self._stubs[index], self._stubs[index - 1]
        del self._stubs[index], self._toxics[index]
        if not await stub.interrupt():
            return
        if toxic.type.closes_on_removal:
            stub.close()
            return
        is_before_alive = await before.interrupt()
        while stub.input.chunks:
            stub.output.put(stub.input.chunks.popleft())
        if is_before_alive:
            before.output = stub.output
            before.run(self._toxics[index - 1], self._spawn)
        else:
            stub.close()

    def abandon(self) -> None:
        """Both sockets are closed: end every task of this link."""
        for stub in self._stubs:
            stub.abandon()
        self._output.abandon()

    async def _read(self) -> None:
        first = self._stubs[0].input
        loop = asyncio.get_running_loop()
        while data := await self._source.receive():
            while first.is_full:
                await first.changed.wait()
            first.put(Chunk(data=data, at_s=loop.time()))
        first.close()

    async def _write(self) -> None:
        output = self._output
        is_open = True
        while is_open:
            if output.chunks:
                chunk = output.chunks.popleft()
                output.changed.wake()
                is_open = await self._target.send(chunk.data)
            elif output.is_closed:
                break
            else:
                await output.changed.wait()
        output.abandon()
        self._target.close()


class Connection:
    """A client and its upstream, joined by two links."""

    def __init__(
        self,
        client: socket.socket,
        upstream: socket.socket,
        *,
        toxics: Sequence[Toxic],
        spawn: Spawn,
        chance: random.Random,
        on_end: Callable[["Connection"], None],
    ) -> None:
        self._on_end = on_end
        self._client = Endpoint(client, self._endpoint_closed)
        self._upstream = Endpoint(upstream, self._endpoint_closed)
        ends = {
            "upstream": (self._client, self._upstream),
            "downstream": (self._upstream, self._client),
        }
        self.links = {
            stream: Link(
                *pair,
                toxics=[toxic for toxic in toxics if toxic.stream == stream],
                spawn=spawn,
                chance=chance,
            )
            for stream, pair in ends.items()
        }
        for link in self.links.values():
            link.start()

    def close(self) -> None:
        """Close both sockets; what is inside is lost."""
        self._client.close()
        self._upstream.close()

    def _endpoint_closed(self) -> None:
        if self._client.is_closed and self._upstream.is_closed:
            for link in self.links.values():
                link.abandon()
            self._on_end(self)


async def _pass_on(stub: Stub, settings: Settings) -> None:
    """Be no toxic."""
    del settings
    async for chunk in stub:
        await stub.send(chunk)
