"""What is sent to the fake by chance: no 500, no traceback, no hang, nothing that stays.

VOICECERT_FUZZ=100000 sends so many frames and bodies; usually it is a fifth of that.
"""

import asyncio
import json
import os
import random
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from itertools import islice
from typing import Any

import pytest

from fake_groq.presets.base import known_presets
from suites.selftest.fake_groq.staging import DEADLINE_S, Fake, eventually, fake, text_of

pytestmark = [pytest.mark.io, pytest.mark.slow, pytest.mark.timeout(600)]

PIECES = int(os.environ.get("VOICECERT_FUZZ", "20000"))
FRAMES = PIECES * 4 // 5
BODIES = PIECES - FRAMES
FRAMES_PER_SOCKET = 8  # many protocols close at the first that is wrong
BODIES_PER_SOCKET = 50
SPEAKS_SHORTLY = {"ms_per_character": 0, "end_marker": "text:__END__", "after_marker": "stay"}

SPEECH: dict[str, Any] = {
    "model": "canopylabs/orpheus-v1-english",
    "input": "Hello.",
    "voice": "troy",
    "response_format": "wav",
}
# Real beginnings of many protocols, to be damaged; what is right gets further in than noise.
MESSAGES: list[Any] = [
    SPEECH,
    SPEECH,
    SPEECH,
    {"texts": ["Hello.", "\ud800"], "profile": "http"},
    {"default": {"pace": "max", "faults": ["burst"]}, "rules": []},
    {"text": " ", "voice_settings": {"stability": 0.5}, "xi_api_key": "x"},
    {"text": "Hello ", "flush": True},
    {"text": ""},
    {"text": "Hello ", "context_id": "a", "flush": True},
    {"context_id": "a", "close_context": True},
    {
        "transcript": "Hello.",
        "context_id": "a",
        "continue": False,
        "model_id": "sonic",
        "voice": {"mode": "id", "id": "v"},
        "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24000},
    },
    {"context_id": "a", "cancel": True},
    {"type": "Speak", "text": "Hello."},
    {"type": "Flush"},
    {"type": "Clear"},
    {"type": "Close"},
    {"type": "session.update", "session": {"type": "realtime"}},
    {
        "type": "conversation.item.create",
        "item": {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "Hello."}],
        },
    },
    {"type": "response.create", "response": {"instructions": "Hello."}},
    {"type": "response.cancel"},
    {"type": "session.config", "voice": "x"},
    {"type": "input.text", "text": "Hello."},
    {"type": "input.done"},
    {"operation": "flush"},
    {"operation": "clear"},
    {"operation": "eos"},
    {"text": "Hello.", "contextId": "a"},
    {"flush": True},
    {"close": True},
    {"type": "input_text_buffer.append", "text": "Hello."},
    {"type": "input_text_buffer.commit"},
    {"type": "text.delta", "delta": "Hello."},
    {"type": "text.done"},
    {"type": "text.clear"},
    {"type": "Generate", "text": "Hello."},
    {"type": "Cancel"},
    {"type": "Terminate"},
    {"messages": [{"role": "user", "content": "Hello."}], "stream": True},
]
WORDS = [
    "__END__",
    "<FLUSH>",
    "<EOS>",
    "<CLEAR>",
    "ping",
    "",
    "\0",
    "{",
    "[]",
    "null",
    "1e999",
    "Path: ssml\r\nX-RequestId: 1\r\n\r\n<speak>Hello.</speak>",
    "Path: speech.config\r\n\r\n{}",
    "[" * 3000,
    '{"a":' * 500,
    "\ud83d\ude00",
    "ﷺ" * 50,
]
ODDITIES: list[Any] = [
    None,
    True,
    -1,
    10**30,
    0.1,
    "",
    "x" * 3000,
    [],
    {},
    [[]],
    {"": ""},
    "\ud800",
    "\u202e",
    float("inf"),
]
OPCODES = (0, 1, 1, 1, 1, 2, 3, 8, 9, 10, 15)


def fuzzed(rng: random.Random) -> bytes:
    """Return a message: whole, damaged, or noise."""
    chance = rng.random()
    if chance < 0.1:
        return rng.randbytes(rng.randrange(200))
    if chance < 0.2:
        return rng.choice(WORDS).encode("utf-8", "surrogatepass")
    message = json.loads(json.dumps(rng.choice(MESSAGES)))
    for _ in range(rng.randrange(3)):
        damage(message, rng)
    data = bytearray(json.dumps(message).encode())
    if rng.random() < 0.2:
        data = data[: rng.randrange(len(data))]
    if data and rng.random() < 0.1:
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def damage(message: dict[str, Any], rng: random.Random) -> None:
    key = rng.choice(list(message) or ["x"])
    how = rng.randrange(4)
    if how == 0:
        message.pop(key, None)
    elif how == 1:
        message[key] = deepcopy(rng.choice(ODDITIES))
    elif how == 2:
        message[rng.choice(["type", "text", "input", "context_id", "voice"])] = deepcopy(
            rng.choice(ODDITIES)
        )
    elif isinstance(message.get(key), dict):
        damage(message[key], rng)


def frame(data: bytes, rng: random.Random) -> bytes:
    """Return a masked frame; a few break the protocol."""
    opcode = 1 if rng.random() < 0.97 else rng.choice(OPCODES)
    first = opcode | (0x80 if rng.random() < 0.99 else 0) | (0x40 if rng.random() < 0.003 else 0)
    mask = 0x80 if rng.random() < 0.997 else 0
    if len(data) < 126:
        head = struct.pack(">BB", first, mask | len(data))
    else:
        head = struct.pack(">BBH", first, mask | 126, len(data))
    return head + (bytes(4) if mask else b"") + data


@contextmanager
def watched() -> Iterator[list[str]]:
    """Collect what the loop would complain about."""
    complaints: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(str(context)))
    try:
        yield complaints
    finally:
        loop.set_exception_handler(None)


async def all_told(reader: asyncio.StreamReader) -> bytes:
    """Read to the end of a connection; a reset is one."""
    told = b""
    try:
        while data := await reader.read(1 << 16):
            told += data
    except ConnectionError:
        pass
    return told


async def talk(server: Fake, path: str, frames: list[bytes]) -> None:
    """Open a WebSocket, say all of it, leave, and wait until it is over."""
    peer = await server.connected()
    key = b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    peer.writer.write(
        b"GET %s HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        % path.encode()
        + key
    )
    async with asyncio.timeout(DEADLINE_S):
        assert b" 101 " in await peer.reader.readuntil(b"\r\n\r\n")
        peer.writer.write(b"".join(frames))
        peer.leave("close")
        await all_told(peer.reader)
    await peer.close()
    server.peers.remove(peer)


async def test_frames_by_chance_do_no_harm_to_any_protocol() -> None:
    rng = random.Random(11)
    paths = [f"/presets/{name}" for name in known_presets()]
    async with fake(**SPEAKS_SHORTLY) as server:
        with watched() as complaints:
            tasks = len(asyncio.all_tasks())
            for number in range(-(-FRAMES // FRAMES_PER_SOCKET)):
                frames = [frame(fuzzed(rng), rng) for _ in range(FRAMES_PER_SOCKET)]
                await talk(server, paths[number % len(paths)], frames)
            await sound(server, tasks)
        assert complaints == []


async def test_bodies_by_chance_are_answered_and_never_by_a_500() -> None:
    rng = random.Random(12)
    bodies = (fuzzed(rng) for _ in range(BODIES))
    paths = (
        "/openai/v1/audio/speech",
        "/v1/chat/completions",
        "/__control__/behaviour",
        "/__control__/policy",
        "/__control__/plans",
    )
    async with fake(**SPEAKS_SHORTLY) as server:
        with watched() as complaints:
            tasks = len(asyncio.all_tasks())
            while batch := list(islice(bodies, BODIES_PER_SOCKET)):
                statuses = await post_all(server, [(rng.choice(paths), body) for body in batch])
                assert len(statuses) == len(batch)
                assert all(200 <= status < 500 for status in statuses)
            await sound(server, tasks)
        assert complaints == []


async def post_all(server: Fake, requests: list[tuple[str, bytes]]) -> list[int]:
    """Send all in one connection, and return the statuses of the answers."""
    peer = await server.connected()
    for path, body in requests:
        peer.writer.write(
            b"POST %s HTTP/1.1\r\nHost: x\r\nUser-Agent: fuzz\r\nContent-Length: %d\r\n\r\n%s"
            % (path.encode(), len(body), body)
        )
    peer.writer.write(b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    async with asyncio.timeout(DEADLINE_S):
        told = await all_told(peer.reader)
    await peer.close()
    server.peers.remove(peer)
    parts = told.split(b"HTTP/1.1 ")[1:]
    return [int(part[:3]) for part in parts][:-1]


async def sound(server: Fake, tasks: int) -> None:
    """See that nothing of it is left, and that the fake speaks as before."""
    await eventually(lambda: not server.running.server.wires)
    await eventually(lambda: len(asyncio.all_tasks()) <= tasks)
    async with server.speaking(text_of(3, 2)) as client:
        async with asyncio.timeout(DEADLINE_S):
            assert isinstance(await client.recv(), bytes)
    counters = server.running.service.ledger.counters.summary()
    assert counters["streams"]["open"] == 0 or counters["sockets"]["open"] <= 1
