"""A stage for the relay on loopback: an upstream that does what its script says, and a client."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp
from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from reference_impl.config import RelayConfig, read_config
from reference_impl.server import Relay, running

DEADLINE_S = 5.0


class UpstreamConnection:
    """The upstream's end of one connection, for a script to play with."""

    def __init__(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, log: "Log"
    ) -> None:
        self.number = number
        self.reader = reader
        self.writer = writer
        self.protocol = ServerProtocol()
        self.request: dict[str, Any] = {}
        self.log = log
        self.answers_close = True
        self.sent_bytes = 0

    async def shake_hands(self, status: int) -> bool:
        """Read the upgrade, answer it, then read the request for speech."""
        while not (events := await self._read()):
            if self.protocol.reader.eof:
                return False
        upgrade = events[0]
        assert isinstance(upgrade, Request)
        accept = self.protocol.accept(upgrade)
        answer = accept if status == 101 else self.protocol.reject(status, "no\n")
        self.protocol.send_response(answer)
        self.flush()
        if status != 101:
            return False
        while not (events := await self._read()):
            if self.protocol.reader.eof:
                return False
        frame = events[0]
        assert isinstance(frame, Frame)
        if frame.opcode is Opcode.CLOSE:
            return False
        self.request = json.loads(bytes(frame.data))
        self.log.add(f"request {self.number}")
        return True

    async def audio(self, pcm: bytes) -> None:
        """Send PCM.

        Raises:
            ConnectionError: the relay has let go, and this upstream listens to it.
        """
        self._frame(Opcode.BINARY, pcm)
        await self.writer.drain()
        self.sent_bytes += len(pcm)

    def text(self, text: str) -> None:
        self._frame(Opcode.TEXT, text.encode())

    def close(self, code: int = 1000) -> None:
        if self.protocol.state is State.OPEN:
            self.protocol.send_close(code)
            self.flush()

    def _frame(self, opcode: Opcode, payload: bytes) -> None:
        if self.answers_close and self.protocol.state is not State.OPEN:
            raise ConnectionResetError
        self.writer.write(Frame(opcode, payload).serialize(mask=False))

    def reset(self) -> None:
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def watch(self) -> None:
        """Log what the relay does to the connection, until it is gone."""
        while not self.protocol.reader.eof:
            for event in await self._read():
                if isinstance(event, Frame) and event.opcode is Opcode.CLOSE:
                    self.log.add(f"close frame {self.number}")
        self.log.add(f"gone {self.number}")

    async def _read(self) -> list[Any]:
        try:
            data = await self.reader.read(65_536)
        except OSError:
            data = b""
        if data:
            self.protocol.receive_data(data)
        elif not self.protocol.reader.eof:
            self.protocol.receive_eof()
        if self.answers_close:
            self.flush()
        return self.protocol.events_received()

    def flush(self) -> None:
        for data in self.protocol.data_to_send():
            if data and not self.writer.is_closing():
                self.writer.write(data)
            elif not data and self.writer.can_write_eof():
                with suppress(OSError):
                    self.writer.write_eof()


PCM = bytes(range(1, 241)) * 16
"""80 ms, every sample audible."""

Script = Callable[[UpstreamConnection], Awaitable[None]]


class Log:
    """What happened at the upstream, in order, with the loop's time in s."""

    def __init__(self) -> None:
        self.entries: list[tuple[float, str]] = []
        self._changed = asyncio.Event()

    def add(self, what: str) -> None:
        self.entries.append((asyncio.get_running_loop().time(), what))
        self._changed.set()

    @property
    def words(self) -> list[str]:
        return [what for _, what in self.entries]

    def at(self, what: str) -> float:
        return next(at for at, said in self.entries if said == what)

    async def wait_for(self, what: str) -> float:
        async with asyncio.timeout(DEADLINE_S):
            while what not in self.words:
                self._changed.clear()
                await self._changed.wait()
        return self.at(what)


@dataclass
class FakeUpstream:
    """A server whose connections each play the script."""

    script: Script
    status: int = 101
    http: bool = False
    log: Log = field(default_factory=Log)
    port: int = 0
    connections: list[UpstreamConnection] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._tasks = asyncio.TaskGroup()
        await self._tasks.__aenter__()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=4096)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in list(self._tasks._tasks):
            task.cancel()
        await self._tasks.__aexit__(None, None, None)
        for connection in self.connections:
            connection.writer.transport.abort()
            with suppress(OSError):
                await connection.writer.wait_closed()

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = UpstreamConnection(len(self.connections) + 1, reader, writer, self.log)
        self.connections.append(connection)
        self.log.add(f"open {connection.number}")
        self._tasks.create_task(self._play(connection))

    async def _play(self, connection: UpstreamConnection) -> None:
        with suppress(OSError, EOFError):
            if self.http:
                await connection.reader.readuntil(b"\r\n\r\n")
                connection.log.add(f"request {connection.number}")
            elif self.status == 0 or not await connection.shake_hands(self.status):
                await connection.watch()
                return
            async with asyncio.TaskGroup() as tasks:
                watching = connection.reader.read(65_536) if self.http else connection.watch()
                tasks.create_task(self._watch(connection, watching))
                with suppress(OSError):
                    await self.script(connection)

    async def _watch(self, connection: UpstreamConnection, watching: Awaitable[Any]) -> None:
        if not self.http:
            await watching
            return
        with suppress(OSError):
            data = await watching
            while data:  # the body of the request, then nothing until the relay lets go
                data = await connection.reader.read(65_536)
        connection.log.add(f"gone {connection.number}")


class Client:
    """A client of the relay that keeps what it got, in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.got: list[tuple[Any, ...]] = []

    async def say(self, **document: str) -> None:
        await self.socket.send(json.dumps(document))

    async def speak(self, message_id: str, text: str = "A sentence.") -> None:
        await self.say(type="speak", message_id=message_id, text=text)

    async def next(self) -> tuple[Any, ...]:
        async with asyncio.timeout(DEADLINE_S):
            frame = await self.socket.recv()
        if isinstance(frame, bytes):
            entry: tuple[Any, ...] = ("audio", frame)
        else:
            document = json.loads(frame)
            last = document.get("reason") or document.get("code") or document.get("format")
            entry = (document["type"], document.get("message_id"), last)
        self.got.append(entry)
        return entry

    async def until(self, kind: str, message_id: str | None = None) -> tuple[Any, ...]:
        async with asyncio.timeout(DEADLINE_S):
            while True:
                entry = await self.next()
                if entry[0] == kind and message_id in (None, entry[1]):
                    return entry

    async def assert_quiet(self) -> None:
        """Show by a fence that nothing more is under way."""
        async with asyncio.timeout(DEADLINE_S):
            await (await self.socket.ping())
        with suppress(TimeoutError):
            async with asyncio.timeout(0.02):
                raise AssertionError(f"unexpected {await self.next()}")

    @property
    def signals(self) -> list[tuple[Any, ...]]:
        """What is no audio."""
        return [entry for entry in self.got if entry[0] != "audio"]

    @property
    def pcm(self) -> bytes:
        return b"".join(entry[1] for entry in self.got if entry[0] == "audio")


@dataclass
class Stage:
    upstream: FakeUpstream
    relay: Relay
    port: int
    log_path: Path
    _clients: AsyncExitStack

    async def client(self, session: str = "a", query: str = "") -> Client:
        url = f"ws://127.0.0.1:{self.port}/v1/session?session={session}{query}"
        opening = connect(url, compression=None, max_queue=None, close_timeout=1, proxy=None)
        return Client(await self._clients.enter_async_context(opening))

    async def call(self, method: str, path: str) -> tuple[int, dict[str, Any]]:
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, f"http://127.0.0.1:{self.port}{path}") as answer,
        ):
            return answer.status, await answer.json()

    async def resources(self) -> dict[str, Any]:
        return (await self.call("GET", "/_test/resources"))[1]

    def cleanups(self) -> list[tuple[Any, ...]]:
        lines = map(json.loads, self.log_path.read_text().splitlines())
        return [
            (line["message_id"], line["cause"], line["call"], line["effective"])
            for line in lines
            if line["event"] == "cleanup"
        ]


def a_config(upstream: FakeUpstream, log: Path, *options: str) -> RelayConfig:
    url = f"127.0.0.1:{upstream.port}"
    where = (
        ("--upstream-http", f"http://{url}")
        if upstream.http
        else ("--upstream-ws", f"ws://{url}/v1/audio/speech/stream")
    )
    return read_config(("--port=0", f"--log={log}", "--test-hooks", *where, *options), {})


@asynccontextmanager
async def a_stage(
    script: Script, tmp_path: Path, *options: str, status: int = 101, http: bool = False
) -> AsyncIterator[Stage]:
    log_path = tmp_path / "relay.jsonl"
    async with FakeUpstream(script, status=status, http=http) as upstream:
        config = a_config(upstream, log_path, *options)
        async with running(config) as (relay, port), AsyncExitStack() as clients:
            yield Stage(upstream, relay, port, log_path, clients)


# ---- what an upstream may do


async def whole(upstream: UpstreamConnection) -> None:
    for _ in range(5):
        await upstream.audio(PCM)
    upstream.text("__END__")
    upstream.close()


async def some_then_silence(upstream: UpstreamConnection) -> None:
    await upstream.audio(PCM)


async def nothing(upstream: UpstreamConnection) -> None:
    pass


async def real_time(upstream: UpstreamConnection) -> None:
    while True:
        await upstream.audio(PCM)
        await asyncio.sleep(0.08)


async def as_fast_as_possible(upstream: UpstreamConnection) -> None:
    for _ in range(64 * 1024 * 1024 // len(PCM)):
        await upstream.audio(PCM)
        if upstream.protocol.close_rcvd:
            return


async def unanswering(upstream: UpstreamConnection) -> None:
    """Sends on, and answers no close frame."""
    upstream.answers_close = False
    await real_time(upstream)


# ---- what a client may do


def leave(client: Client, how: str) -> None:
    transport = client.socket.transport
    if how == "close":
        client.socket.protocol.send_close(1000)
        transport.write(b"".join(client.socket.protocol.data_to_send()))
    elif how == "rst":
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        transport.abort()
    else:
        transport.abort()
