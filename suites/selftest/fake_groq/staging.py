"""A fake that runs in the test's own loop, its ledger to look into, and clients of every kind."""

import asyncio
import json
import random
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from fake_groq.app import Running, Settings, running
from fake_groq.behaviour import DEFAULT_BEHAVIOUR, read_behaviour
from fake_groq.identity import message_text
from harness.audio.decoder import Decoder

DEADLINE_S = 5.0
NONCE = 77
ENGLISH, VOICE = "canopylabs/orpheus-v1-english", "autumn"
FAST = {"pace": "max", "first_audio_ms": 0, "header_ms": 0}
LINGER_OFF = struct.pack("ii", 1, 0)

Event = dict[str, Any]


def text_of(session: int, message: int, *, sentences: int = 1) -> str:
    return message_text(session, message, sentences=sentences, rng=random.Random(5))


class Fake:
    """The running fake with its ledger."""

    def __init__(self, running: Running, ledger: Path) -> None:
        self.running = running
        self.ledger = ledger
        self.base = f"http://{running.address}"
        self.url = f"ws://{running.address}/v1/audio/speech/stream"

    def behave(self, text: str | None = None, **behaviour: object) -> None:
        """Set the default, or what a text shall meet."""
        rulebook = self.running.service.rulebook
        if text is None:
            rulebook.update({"default": behaviour})
        else:
            rulebook.update({"rules": [{"match": {"text": text}, "behaviour": behaviour}]})

    def events(self, *kinds: str) -> list[Event]:
        found = [json.loads(line) for line in self.ledger.read_text().splitlines()]
        return [event for event in found if not kinds or event["kind"] in kinds]

    async def wait_for(self, kind: str, *, count: int = 1, **data: object) -> Event:
        """Return the event number `count` of a kind with such data, once it is written."""

        def matching() -> list[Event]:
            return [e for e in self.events(kind) if data.items() <= e["data"].items()]

        await eventually(lambda: len(matching()) >= count)
        return matching()[count - 1]

    async def raw(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self.running.host, self.running.port)

    async def post(self, text: str, **fields: object) -> tuple[asyncio.StreamReader, "Peer"]:
        """Send a request for speech over a bare socket."""
        reader, writer = await self.raw()
        request = {"model": ENGLISH, "input": text, "voice": VOICE, "response_format": "wav"}
        body = json.dumps(request | fields).encode()
        writer.write(
            b"POST /openai/v1/audio/speech HTTP/1.1\r\nHost: fake\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        return reader, Peer(writer)

    @asynccontextmanager
    async def speaking(self, text: str) -> AsyncIterator[ClientConnection]:
        """Open a WebSocket and ask for a text."""
        async with connect(self.url, compression=None) as client:
            await client.send(json.dumps({"model": ENGLISH, "input": text, "voice": VOICE}))
            yield client


class Peer:
    """The writing end of a bare socket, and the ways to leave."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer

    def leave(self, how: str) -> None:
        if how == "rst":
            reset(self.writer.transport)
        elif how == "half":
            self.writer.write_eof()
        else:
            self.writer.close()


def reset(transport: asyncio.BaseTransport) -> None:
    endpoint: socket.socket = transport.get_extra_info("socket")
    endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_OFF)
    assert isinstance(transport, asyncio.Transport)
    transport.abort()


@asynccontextmanager
async def fake(**behaviour: object) -> AsyncIterator[Fake]:
    """Run a fake as fast as it can, unless told otherwise."""
    with TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.jsonl"
        settings = Settings(
            nonce=NONCE,
            seed=3,
            ledger=ledger,
            behaviour=read_behaviour(FAST | behaviour, DEFAULT_BEHAVIOUR),
        )
        async with running(settings) as server:
            yield Fake(server, ledger)


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not condition():
            await asyncio.sleep(0.005)


def runs_of(pcm: bytes) -> list[tuple[int, int, int]]:
    """Return (key, first sample, count) of what was heard."""
    decoder = Decoder(NONCE)
    runs = [*decoder.feed(pcm).runs, *decoder.flush().runs]
    joined: list[tuple[int, int, int]] = []
    for key, first, count in runs:
        if joined and joined[-1][0] == key and joined[-1][1] + joined[-1][2] == first:
            joined[-1] = (key, joined[-1][1], joined[-1][2] + count)
        else:
            joined.append((key, first, count))
    return joined


async def chunks(reader: asyncio.StreamReader) -> tuple[str, list[bytes], str]:
    """Read an answer: its head, the chunks of its body, and how that ended: end, fin or rst."""
    head, body = "", list[bytes]()
    try:
        async with asyncio.timeout(DEADLINE_S):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            while size := int((await reader.readuntil(b"\r\n"))[:-2], 16):
                body.append((await reader.readexactly(size + 2))[:-2])
            await reader.readexactly(2)
    except asyncio.IncompleteReadError:
        return head, body, "fin"
    except ConnectionResetError:
        return head, body, "rst"
    return head, body, "end"
