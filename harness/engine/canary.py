"""Pings the canary through the twin of each link and records how long each round trip took.

Small pings tell the delay of the link. Pings as large as a chunk of audio go over a connection of
their own, so that they hold up nobody, and tell what a narrow link makes of their size. When a
connection ends, the watch notes how both sides saw it, and goes on with a new one.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.engine.guardian import Spawner
from harness.engine.python_child import python_argv
from harness.engine.ready_file import read_ready_file
from harness.engine.recorder import Recorder
from harness.model.clock import Clock
from harness.model.events import CanaryData, CanaryEndData
from harness.model.units import ms

PING_EVERY_S = 0.1
BULK_EVERY_S = 0.5
BULK_BYTES = 3840  # 80 ms of audio
AGAIN_AFTER_S = 0.05
TRIES_MAX = 100  # connections in a row that bring nothing: five seconds at least
STAMP = struct.Struct("<q")
START_DEADLINE_S = 10.0


@asynccontextmanager
async def running_canary_server(guardian: Spawner, logs: Path) -> AsyncIterator[str]:
    """Start the echo as a child and yield its address."""
    ready = logs / "canary.ready"
    log = logs / "canary.log"
    argv = python_argv("harness.engine.canary_server", str(ready))
    child = await guardian.spawn(name="canary", argv=argv, own=True, stdout=log, stderr=log)
    try:
        port = await read_ready_file(
            ready, child, what="the canary", log=log, deadline_s=START_DEADLINE_S
        )
        yield f"127.0.0.1:{port}"
    finally:
        await child.terminate(grace_s=1.0)


async def watch_link(*, lane: str, link: str, port: int, recorder: Recorder, clock: Clock) -> None:
    """Ping for ever; the task is cancelled when its lane closes."""

    def watch(kind: str, size_bytes: int, every_s: float) -> _Watch:
        return _Watch(
            lane=lane,
            link=link,
            port=port,
            kind=kind,
            size_bytes=size_bytes,
            every_s=every_s,
            recorder=recorder,
            clock=clock,
        )

    small = watch("canary_rtt", STAMP.size, PING_EVERY_S)
    bulk = watch("canary_bulk_rtt", BULK_BYTES, BULK_EVERY_S)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(small.keep(), name=f"canary-small-{lane}-{link}")
        tasks.create_task(bulk.keep(), name=f"canary-bulk-{lane}-{link}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watch:
    """Pings of one size over one connection at a time; ``kind`` is the event of a round trip."""

    lane: str
    link: str
    port: int
    kind: str
    size_bytes: int
    every_s: float
    recorder: Recorder
    clock: Clock

    async def keep(self) -> None:
        """Ping over connection after connection, until too many in a row bring nothing."""
        tries = 0
        while tries < TRIES_MAX:
            tries = 1 if await self._connected() else tries + 1
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _connected(self) -> bool:
        """Ping over one connection until it ends; tell whether the canary had answered at all."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            self._record_end("canary_lost", "refused")
            return False
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        has_answered = False
        how = "fin"
        try:
            await self._greet(reader, writer)
            has_answered = True
            await self._ping(reader, writer)
        except* ConnectionResetError:
            how = "rst"
        except* (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()
        self._record_end("canary_lost", how)
        return has_answered

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Say who we are, and note how the echo saw our last connection end."""
        writer.write(f"{self.lane}/{self.link}/{self.size_bytes}\n".encode())
        seen = (await reader.readuntil(b"\n")).decode().strip()
        if seen != "none":
            self._record_end("canary_back", seen)

    async def _ping(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send(writer), name=f"{self.kind}-send")
            tasks.create_task(self._receive(reader), name=f"{self.kind}-receive")

    async def _send(self, writer: asyncio.StreamWriter) -> None:
        filling = bytes(self.size_bytes - STAMP.size)
        while True:
            writer.write(STAMP.pack(self.clock.now_ns()) + filling)
            await writer.drain()
            await asyncio.sleep(self.every_s)

    async def _receive(self, reader: asyncio.StreamReader) -> None:
        while True:
            ping = await reader.readexactly(self.size_bytes)
            sent_ns = STAMP.unpack_from(ping)[0]
            now_ns = self.clock.now_ns()
            data = CanaryData(
                lane=self.lane,
                link=self.link,
                sent_ns=sent_ns,
                rtt_ms=round(ms(now_ns - sent_ns), 3),
                size_bytes=self.size_bytes,
            )
            self.recorder.record("canary", self.kind, data, at_ns=now_ns)

    def _record_end(self, kind: str, how: str) -> None:
        data = CanaryEndData(lane=self.lane, link=self.link, how=how)
        self.recorder.record("canary", kind, data)
