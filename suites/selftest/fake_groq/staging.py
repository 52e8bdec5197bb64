"""A fake that runs in the test's own loop, its ledger to look into, and clients of every kind."""

import asyncio
import json
import random
import re
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from fake_groq.app import Running, Settings, running
from fake_groq.behaviour import DEFAULT_BEHAVIOUR, read_behaviour
from fake_groq.identity import message_text
from harness.audio.decoder import Decoder

DEADLINE_S = 20.0  # for events that come at once, unless the machine is busy
NONCE = 77
ENGLISH, VOICE = "canopylabs/orpheus-v1-english", "autumn"
FAST = {"pace": "max", "first_audio_ms": 0, "header_ms": 0}
OWN_PATH = "/v1/audio/speech/stream"
UPGRADE = (
    b"GET " + OWN_PATH.encode() + b" HTTP/1.1\r\nHost: fake\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    b"Sec-WebSocket-Version: 13\r\n\r\n"
)
LINGER_OFF = struct.pack("ii", 1, 0)
NO_MASK = bytes(4)
AGENT = "User-Agent: bare\r\n"

Event = dict[str, Any]


def text_of(session: int, message: int, *, sentences: int = 1) -> str:
    return message_text(session, message, sentences=sentences, rng=random.Random(5))


class Peer:
    """A bare connection to the fake, and the ways to leave it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def ask(self, text: str) -> None:
        """Ask for a text over a WebSocket."""
        self.say({"model": ENGLISH, "input": text, "voice": VOICE})

    def say(self, message: dict[str, object]) -> None:
        """Send a JSON message over a WebSocket."""
        data = json.dumps(message).encode().ljust(126)  # the frame has a length of two bytes
        self.writer.write(b"\x81\xfe" + len(data).to_bytes(2, "big") + NO_MASK + data)

    @property
    def transport(self) -> asyncio.Transport:
        transport = self.writer.transport
        assert isinstance(transport, asyncio.Transport)
        return transport

    def stop_reading(self) -> None:
        self.transport.pause_reading()

    def read_on(self) -> None:
        self.transport.resume_reading()

    def leave(self, how: str) -> None:
        """Leave by a close frame with code 4001, a FIN, or a reset."""
        if how == "close":
            self.writer.write(b"\x88\x82" + NO_MASK + (4001).to_bytes(2, "big"))
        elif how == "fin":
            self.writer.write_eof()
        else:
            endpoint = self.writer.get_extra_info("socket")
            endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_OFF)
            self.writer.transport.abort()

    async def close(self) -> None:
        self.writer.transport.abort()
        with suppress(OSError):
            await self.writer.wait_closed()

    async def answer(self) -> tuple[str, bytes]:
        """Read an HTTP answer of a known length: head and body."""
        async with asyncio.timeout(DEADLINE_S):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            found = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
            assert found is not None, head
            return head, await self.reader.readexactly(int(found[1]))

    async def chunks(self) -> tuple[str, list[bytes], str]:
        """Read an HTTP answer: head, chunks of the body, and how it ended: end, fin or rst."""
        head, body = "", list[bytes]()
        try:
            async with asyncio.timeout(DEADLINE_S):
                head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
                while size := int((await self.reader.readuntil(b"\r\n"))[:-2], 16):
                    body.append((await self.reader.readexactly(size + 2))[:-2])
                await self.reader.readexactly(2)
        except asyncio.IncompleteReadError:
            return head, body, "fin"
        except ConnectionResetError:
            return head, body, "rst"
        return head, body, "end"


class Fake:
    """The running fake with its ledger."""

    def __init__(self, running: Running, ledger: Path) -> None:
        self.running = running
        self.ledger = ledger
        self.base = f"http://{running.address}"
        self.url = f"ws://{running.address}/v1/audio/speech/stream"
        self.peers: list[Peer] = []

    def events(self, *kinds: str) -> list[Event]:
        self.running.service.ledger.flush()  # as the end of this turn would
        found = [json.loads(line) for line in self.ledger.read_text().splitlines()]
        return [event for event in found if not kinds or event["kind"] in kinds]

    async def wait_for(self, kind: str, **data: object) -> Event:
        """Return the first event of a kind with such data, once it is written."""

        def matching() -> list[Event]:
            return [e for e in self.events(kind) if data.items() <= e["data"].items()]

        await eventually(lambda: bool(matching()))
        return matching()[0]

    async def connected(self) -> Peer:
        """Open a bare connection; it is closed with the fake at the latest."""
        peer = Peer(*await asyncio.open_connection(self.running.host, self.running.port))
        self.peers.append(peer)
        return peer

    async def posted(self, text: str, headers: str = "") -> Peer:
        """Send a request for speech over a bare connection."""
        request = {"model": ENGLISH, "input": text, "voice": VOICE, "response_format": "wav"}
        body = json.dumps(request).encode()
        return await self.requested("/openai/v1/audio/speech", body, headers)

    async def requested(self, path: str, body: bytes, headers: str = AGENT) -> Peer:
        """Send any POST over a bare connection."""
        peer = await self.connected()
        if not headers.startswith(AGENT):
            headers = AGENT + headers
        peer.writer.write(
            b"POST %s HTTP/1.1\r\nHost: fake\r\n"
            b"%sContent-Length: %d\r\n\r\n%s" % (path.encode(), headers.encode(), len(body), body)
        )
        return peer

    async def upgraded(
        self, text: str | None = None, headers: str = "", *, path: str = OWN_PATH
    ) -> Peer:
        """Open a WebSocket by hand, and ask for a text if one is given."""
        peer = await self.connected()
        upgrade = UPGRADE.replace(OWN_PATH.encode(), path.encode())
        peer.writer.write(upgrade.replace(b"\r\n\r\n", f"\r\n{headers}\r\n".encode()))
        async with asyncio.timeout(DEADLINE_S):
            head = await peer.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        if text is not None:
            peer.ask(text)
        return peer

    @asynccontextmanager
    async def speaking(self, text: str) -> AsyncIterator[ClientConnection]:
        """Open a WebSocket and ask for a text."""
        async with connect(self.url, compression=None) as client:
            await client.send(json.dumps({"model": ENGLISH, "input": text, "voice": VOICE}))
            yield client


@asynccontextmanager
async def fake(**behaviour: object) -> AsyncIterator[Fake]:
    """Run a fake as fast as it can, unless told otherwise."""
    read = read_behaviour(FAST | behaviour, DEFAULT_BEHAVIOUR)
    async with staged(Settings(nonce=NONCE, seed=3, behaviour=read)) as stage:
        yield stage


@asynccontextmanager
async def staged(settings: Settings) -> AsyncIterator[Fake]:
    """Run a fake with these settings and a ledger to look into."""
    with TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.jsonl"
        async with running(replace(settings, ledger=ledger)) as server:
            stage = Fake(server, ledger)
            try:
                yield stage
            finally:
                for peer in stage.peers:
                    await peer.close()


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not condition():
            await asyncio.sleep(0.005)


def runs_of(pcm: bytes) -> list[tuple[int, int, int]]:
    """Return (key, first sample, count) of what was heard, in as few runs as can be."""
    decoder = Decoder(NONCE)
    joined: list[tuple[int, int, int]] = []
    for key, first, count in [*decoder.feed(pcm).runs, *decoder.flush().runs]:
        if joined and joined[-1][0] == key and sum(joined[-1][1:]) == first:
            joined[-1] = (key, joined[-1][1], joined[-1][2] + count)
        else:
            joined.append((key, first, count))
    return joined


async def heard(client: ClientConnection) -> tuple[bytes, list[str], str]:
    """Return the audio and the texts until the end, and that: "close CODE", "fin" or "rst"."""
    pcm, texts = b"", list[str]()
    try:
        async with asyncio.timeout(DEADLINE_S):
            while True:
                message = await client.recv()
                if isinstance(message, bytes):
                    pcm += message
                else:
                    texts.append(message)
    except ConnectionClosed as closed:
        if closed.rcvd is not None:
            return pcm, texts, f"close {closed.rcvd.code}"
        is_reset = isinstance(closed.__cause__, ConnectionResetError)
        return pcm, texts, "rst" if is_reset else "fin"
