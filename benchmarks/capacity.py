"""How many paced real-time streams a core carries, beside the bare library in the same run.

Run: python benchmarks/capacity.py [--streams 200] [--seconds 6] [--rounds 3]. The bare server is
aiohttp that sends equal bytes at the same pace and does nothing else: no watermark, no plan, no
ledger. Its processor time per frame is the floor; the fake's is printed as a multiple of it, for
HTTP and for WebSocket, with asyncio's own loop and, where that is installed, both with uvloop.
Streams per core are worked out from the processor time. Nothing here is a limit that a test holds.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from aiohttp import web

FRAME_MS, FRAME_BYTES = 80, 3840
MS_PER_CHARACTER = 20
WARM_UP_S = 1.0
APART_S = 0.0043  # so the streams are spread over the 80 ms: together they would share wake-ups
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PATHS = {"http": "/openai/v1/audio/speech", "ws": "/v1/audio/speech/stream"}


# ------------------------------------------------------------------------------------ bare server


async def _paced(frames: int) -> Any:  # noqa: ANN401 - an async iterator of nothing
    loop = asyncio.get_running_loop()
    due = loop.time() + 0.12
    for _ in range(frames):
        await asyncio.sleep(max(0.0, due - loop.time()))
        yield None
        due += FRAME_MS / 1000


async def _bare_http(request: web.Request) -> web.StreamResponse:
    frames = _frames(json.loads(await request.read())["input"])
    response = web.StreamResponse()
    response.enable_chunked_encoding()
    await response.prepare(request)
    frame = bytes(range(256)) * (FRAME_BYTES // 256)
    async for _ in _paced(frames):
        await response.write(frame)
    await response.write_eof()
    return response


async def _bare_ws(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    frames = _frames((await socket.receive_json())["input"])
    frame = bytes(range(256)) * (FRAME_BYTES // 256)
    async for _ in _paced(frames):
        await socket.send_bytes(frame)
    await socket.close()
    return socket


def _frames(text: str) -> int:
    return len(text) * MS_PER_CHARACTER // FRAME_MS


async def _serve_bare() -> None:
    app = web.Application()
    app.router.add_post(PATHS["http"], _bare_http)
    app.router.add_get(PATHS["ws"], _bare_ws)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
    await site.start()
    host, port = runner.addresses[0][:2]
    print(json.dumps({"host": host, "port": port}), flush=True)
    await asyncio.Event().wait()


# ----------------------------------------------------------------------------------------- client


class _Reader(asyncio.Protocol):
    """Asks, and counts the bytes that come."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self.received_bytes = 0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self.received_bytes += len(data)


def _request(kind: str, number: int, seconds: float) -> bytes:
    text = f"{number:06d} ".ljust(int((seconds + 30) * 1000 / MS_PER_CHARACTER), "x")
    body = json.dumps(
        {
            "model": "canopylabs/orpheus-v1-english",
            "voice": "troy",
            "response_format": "wav",
            "input": text,
        }
    ).encode()
    head = b"Host: x\r\nUser-Agent: bench\r\n"
    if kind == "http":
        start = b"POST %s HTTP/1.1\r\n" % PATHS["http"].encode()
        return start + head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    upgrade = (
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    start = b"GET %s HTTP/1.1\r\n" % PATHS["ws"].encode()
    return start + head + upgrade + b"\x81\xfe" + len(body).to_bytes(2, "big") + bytes(4) + body


def _same(reader: _Reader) -> _Reader:
    return reader


async def _measure(
    server: dict[str, Any], pid: int, kind: str, options: argparse.Namespace
) -> tuple[float, float]:
    """Return processor time per frame in us, and the share of the frames that came in time."""
    loop = asyncio.get_running_loop()
    readers = []
    for number in range(options.streams):
        reader = _Reader(_request(kind, number, options.seconds))
        await loop.create_connection(partial(_same, reader), server["host"], server["port"])
        readers.append(reader)
        await asyncio.sleep(APART_S)
    await asyncio.sleep(WARM_UP_S)
    used, got = _processor_s(pid), sum(reader.received_bytes for reader in readers)
    begun = time.monotonic()
    await asyncio.sleep(options.seconds)
    taken_s = time.monotonic() - begun
    used = _processor_s(pid) - used
    frames = (sum(reader.received_bytes for reader in readers) - got) / FRAME_BYTES
    for reader in readers:
        if reader.transport is not None:
            reader.transport.abort()
    await asyncio.sleep(0.3)
    due = options.streams * taken_s * 1000 / FRAME_MS
    return used / frames * 1e6, frames / due


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


# -------------------------------------------------------------------------------------------- all


@contextmanager
def _server(command: list[str]) -> Iterator[tuple[dict[str, Any], int]]:
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline()), process.pid
    finally:
        process.terminate()
        process.wait()


def _commands(folder: Path) -> dict[str, list[str]]:
    python = [sys.executable, "-P"]
    fake = [*python, "-m", "fake_groq", "--ledger", str(folder / "ledger.jsonl")]
    commands = {"bare": [*python, __file__, "--serve-bare"], "fake": fake}
    if find_spec("uvloop") is not None:
        commands |= {
            "bare uvloop": [*commands["bare"], "--uvloop"],
            "fake uvloop": [*fake, "--uvloop"],
        }
    return commands


def main() -> int:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--uvloop", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--serve-bare", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve_bare:
        if options.uvloop:
            import uvloop

            uvloop.run(_serve_bare())
        asyncio.run(_serve_bare())
    with tempfile.TemporaryDirectory() as folder:
        commands = _commands(Path(folder))
        for kind in PATHS:
            costs: dict[str, list[float]] = {name: [] for name in commands}
            shares: dict[str, list[float]] = {name: [] for name in commands}
            for _ in range(options.rounds):
                for name, command in commands.items():
                    with _server(command) as (server, pid):
                        cost, share = asyncio.run(_measure(server, pid, kind, options))
                    costs[name].append(cost)
                    shares[name].append(share)
            for name, found in costs.items():
                base = median(costs[name.replace("fake", "bare")])
                cost = median(found)
                per_core = 1e6 / (cost * 1000 / FRAME_MS)
                spread = f"{min(found):.1f} to {max(found):.1f}"
                print(
                    f"{kind:5} {name:12} {cost:6.1f} us a frame ({spread}),"
                    f" {cost / base:.2f} x bare, {per_core:5.0f} streams a core,"
                    f" {min(shares[name]):.1%} of the frames in time"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
