"""Pings the canary through the twin of each link and records how long each round trip took."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from harness.engine.guardian import Spawner
from harness.engine.python_child import python_argv
from harness.engine.ready_file import read_ready_file
from harness.engine.recorder import Recorder
from harness.model.clock import Clock
from harness.model.events import CanaryData
from harness.model.units import ms

PING_EVERY_S = 0.1
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
    """Ping for ever; the task is cancelled when its lane closes. A lost link ends the watch."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_send(writer, clock), name=f"canary-send-{lane}-{link}")
            tasks.create_task(
                _receive(reader, lane, link, recorder, clock), name=f"canary-receive-{lane}-{link}"
            )
    except* ConnectionError:
        recorder.record("canary", "canary_lost", {"lane": lane, "link": link})
    finally:
        writer.transport.abort()


async def _send(writer: asyncio.StreamWriter, clock: Clock) -> None:
    while True:
        writer.write(STAMP.pack(clock.now_ns()))
        await writer.drain()
        await asyncio.sleep(PING_EVERY_S)


async def _receive(
    reader: asyncio.StreamReader, lane: str, link: str, recorder: Recorder, clock: Clock
) -> None:
    while True:
        try:
            stamp = await reader.readexactly(STAMP.size)
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError("the canary's link ended") from error
        sent_ns = STAMP.unpack(stamp)[0]
        now_ns = clock.now_ns()
        data = CanaryData(
            lane=lane, link=link, sent_ns=sent_ns, rtt_ms=round(ms(now_ns - sent_ns), 3)
        )
        recorder.record("canary", "canary_rtt", data, at_ns=now_ns)
