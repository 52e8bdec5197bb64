"""What a bare socket sees of a stream: the bytes, when they came, and how they ended."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from suites.selftest.fake_groq.staging import (
    DEADLINE_S,
    NO_MASK,
    UPGRADE,
    Fake,
    Peer,
    runs_of,
    text_of,
)

TEXT = text_of(1, 1)
TOTAL = 1920 * -(-20 * len(TEXT) // 80)
FRAMES = TOTAL // 1920
WHOLE = [(0, TOTAL)]
CONTINUATION, TEXT_FRAME, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Frame(NamedTuple):
    opcode: int
    is_final: bool
    payload: bytes
    at_ms: float


@dataclass(slots=True)
class Seen:
    """All that came: WebSocket frames, or head and chunks; then what was left over, and the end."""

    head: str = ""
    frames: list[Frame] = field(default_factory=list)
    chunks: list[Frame] = field(default_factory=list)
    has_last_chunk: bool = False
    rest: bytes = b""
    end: str = "open"

    @property
    def pieces(self) -> list[Frame]:
        """Binary frames and what continues them, or chunks without the WAV header."""
        pieces, is_audio = [], False
        for frame in self.frames:
            is_audio = is_audio if frame.opcode == CONTINUATION else frame.opcode == BINARY
            if is_audio:
                pieces.append(frame)
        return pieces + self.chunks[1:]

    @property
    def pcm(self) -> bytes:
        return b"".join(piece.payload for piece in self.pieces)

    @property
    def runs(self) -> list[tuple[int, int]]:
        return [(first, count) for _, first, count in runs_of(self.pcm)]

    @property
    def texts(self) -> list[bytes]:
        return [frame.payload for frame in self.frames if frame.opcode == TEXT_FRAME]

    @property
    def order(self) -> str:
        """The frames as letters: b t . c; a run of equal ones is written once."""
        letters = {CONTINUATION: ".", TEXT_FRAME: "t", BINARY: "b", CLOSE: "c", PING: "p"}
        said = [letters[frame.opcode] for frame in self.frames]
        return "".join(a for a, b in zip(said, ["", *said], strict=False) if a != b)

    @property
    def codes(self) -> list[int]:
        closes = (frame.payload for frame in self.frames if frame.opcode == CLOSE)
        return [int.from_bytes(payload[:2], "big") for payload in closes]

    def gap_ms(self) -> float:
        """The longest time between two of them."""
        times = [piece.at_ms for piece in self.frames or self.chunks]
        return max((b - a for a, b in pairwise(times)), default=0.0)


Until = Callable[[Seen], bool]


class Profile(Protocol):
    """How to ask: `ws` or `http`."""

    def __call__(self, server: Fake, text: str = TEXT) -> Awaitable[Seen]: ...


async def ws(
    server: Fake, text: str = TEXT, *, until: Until | None = None, headers: str = ""
) -> Seen:
    """Ask for a text over a WebSocket and read to the end, or until enough has been seen.

    A close frame is answered.
    """
    return await read_frames(await server.upgraded(text, headers), until=until)


async def read_frames(peer: Peer, *, until: Until | None = None) -> Seen:
    seen = Seen()
    async with _noting_its_end(seen):
        while not (until and until(seen)):
            await _frame(peer, seen)
    return seen


@asynccontextmanager
async def _noting_its_end(seen: Seen) -> AsyncIterator[None]:
    """Read in here before the deadline; what ends the connection is noted."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            yield
    except ConnectionResetError:
        seen.end = "rst"
    except asyncio.IncompleteReadError as cut:
        seen.end, seen.rest = "fin", seen.rest + cut.partial


async def _frame(peer: Peer, seen: Seen) -> None:
    seen.rest = b""
    head = seen.rest = await peer.reader.readexactly(2)
    size = head[1]
    if size > 125:
        long = await peer.reader.readexactly(2 if size == 126 else 8)
        size, seen.rest = int.from_bytes(long, "big"), seen.rest + long
    payload = await peer.reader.readexactly(size)
    seen.rest = b""
    now_ms = 1000 * asyncio.get_running_loop().time()
    frame = Frame(head[0] & 15, bool(head[0] & 128), payload, now_ms)
    if frame.opcode == CLOSE and CLOSE not in [before.opcode for before in seen.frames]:
        peer.writer.write(b"\x88\x82" + NO_MASK + payload[:2])
    seen.frames.append(frame)


async def http(
    server: Fake, text: str = TEXT, *, until: Until | None = None, headers: str = ""
) -> Seen:
    """Ask for a text over HTTP and read to the end of the connection, or until it is enough."""
    return await read_body(await server.posted(text, "Connection: close\r\n" + headers), until)


async def read_body(peer: Peer, until: Until | None = None) -> Seen:
    seen = Seen()
    async with _noting_its_end(seen):
        seen.head = (await peer.reader.readuntil(b"\r\n\r\n")).decode()
        while "chunked" in seen.head and not seen.has_last_chunk:
            if until and until(seen):
                return seen
            await _chunk(peer, seen)
        seen.rest = await peer.reader.read(-1)
        seen.end = "fin"
    return seen


async def _chunk(peer: Peer, seen: Seen) -> None:
    seen.rest = line = await peer.reader.readuntil(b"\r\n")
    size = int(line, 16)
    payload = (await peer.reader.readexactly(size + 2))[:-2]
    seen.rest = b""
    if size == 0:
        seen.has_last_chunk = True
        return
    now_ms = 1000 * asyncio.get_running_loop().time()
    seen.chunks.append(Frame(BINARY, True, payload, now_ms))


@dataclass(slots=True)
class Told:
    """What the ledger says of the one stream."""

    fault: str | None
    is_harmless: bool
    runs: list[list[int]]
    zeros: int
    ended: list[str]
    failed: list[str]
    stalled: list[str]
    released: str
    kinds: list[str]


async def told(server: Fake) -> Told:
    """Read the ledger once the stream has been released."""
    released = (await server.wait_for("stream_released"))["data"]
    opened = server.events("stream_opened")[0]["data"]
    sent = [event["data"] for event in server.events("stream_sent")]
    return Told(
        fault=opened["fault"],
        is_harmless=opened["harmless"],
        runs=_joined([run for data in sent for run in data["runs"]]),
        zeros=sum(data["zeros"] for data in sent),
        ended=[event["data"]["marker"] for event in server.events("stream_ended")],
        failed=[event["data"]["how"] for event in server.events("stream_failed")],
        stalled=[event["data"]["fault"] for event in server.events("stream_stalled")],
        released=f"{released['by']} {released['how']}",
        kinds=[event["kind"] for event in server.events() if event["stream"] is not None],
    )


def _joined(runs: list[list[int]]) -> list[list[int]]:
    joined: list[list[int]] = []
    for _, first, count in runs:
        if joined and sum(joined[-1]) == first:
            joined[-1][1] += count
        else:
            joined.append([first, count])
    return joined


def error_of(text: bytes) -> dict[str, Any]:
    error: dict[str, Any] = json.loads(text)["error"]
    return error


async def upgrade_refused(server: Fake, status: int) -> bytes:
    """Ask for a WebSocket that is not to be had; return the body of the answer."""
    peer = await server.connected()
    peer.writer.write(UPGRADE)
    head, body = await peer.answer()
    assert head.startswith(f"HTTP/1.1 {status} "), head
    return body
