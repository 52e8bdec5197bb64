"""A client of any protocol: what it says, what it hears, and what a preset answers without I/O."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import groupby
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from fake_groq.presets.base import Actions, Cancel, Frame, Leave, Opening, Preset, Say, Speak
from fake_groq.watermark import stream_key
from suites.selftest.fake_groq.staging import DEADLINE_S, Fake, fake, runs_of, text_of

TEXT = text_of(3, 2)
TOTAL = 1920 * -(-20 * len(TEXT) // 80)
WHOLE = [(stream_key(3, 2, 0, 0), 0, TOTAL)]
STALLED = {"name": "stall_mid_stream", "after_ms": 160}


class Closed(NamedTuple):
    """The close frame of the fake; the code is 1006 where there was none."""

    code: int
    reason: str = ""


Message = dict[str, Any] | str | bytes | Closed
Words = Mapping[str, Any] | str | bytes


class Client:
    """The client's end of a WebSocket; it hears in order, and never longer than the deadline."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def say(self, *messages: Words) -> None:
        for message in messages:
            await self._connection.send(_written(message))

    async def hear(self, is_last: Callable[[Message], bool] = lambda _: False) -> list[Message]:
        """Return what comes, up to a message that is the last, or the close."""
        heard: list[Message] = []
        async with asyncio.timeout(DEADLINE_S):
            while not heard or not (is_last(heard[-1]) or isinstance(heard[-1], Closed)):
                heard.append(await self._next())
        return heard

    async def leave(self) -> None:
        await self._connection.close()

    async def _next(self) -> Message:
        with suppress(ConnectionClosed):
            return _read(await self._connection.recv())
        code, reason = self._connection.close_code, self._connection.close_reason
        return Closed(code or 0, reason or "")


@asynccontextmanager
async def talking(path: str, **behaviour: object) -> AsyncIterator[tuple[Fake, Client]]:
    """Open a WebSocket to a fake of its own."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(fake(**behaviour))
        url = f"ws://{server.running.address}{path}"
        connection = await stack.enter_async_context(connect(url, max_size=None, max_queue=None))
        yield server, Client(connection)


async def released(server: Fake) -> tuple[str, str]:
    """Return who let go of the first stream, and how."""
    data = (await server.wait_for("stream_released"))["data"]
    return data["by"], data["how"]


def kind(of: str) -> Callable[[Message], bool]:
    """Return what knows the JSON messages of a type."""
    return lambda message: isinstance(message, dict) and message.get("type") == of


def kinds(messages: Iterable[object]) -> list[str]:
    """Return what came in which order, equal things in a row once."""
    return [name for name, _ in groupby(map(_name, messages))]


def pcm(messages: list[Message], *keys: str) -> bytes:
    """Return the audio: of bare binary messages, or of those that have base64 under these keys."""
    return b"".join(_audio(message, keys) for message in messages)


def is_whole(messages: list[Message], *keys: str) -> bool:
    return runs_of(pcm(messages, *keys)) == WHOLE


def answers(member: Preset, *messages: Words) -> list[object]:
    """Return what a preset answers: frames as they read, speeches and cancels as they are."""
    found: list[object] = []
    for message in messages:
        found += _shown(member.hear(_written(message)))
    return found


def greeting(preset: type[Preset], **query: str) -> list[object]:
    return _shown(preset(Opening(query=query)).greet())


def opened(preset: type[Preset], **query: str) -> Preset:
    """Return a preset that has greeted."""
    member = preset(Opening(query=query))
    member.greet()
    return member


def texts(found: list[object]) -> list[str]:
    """Return what is to be spoken."""
    return [action.text for action in found if isinstance(action, Speak)]


def ends(speak: object) -> list[Message]:
    """Return the messages of a speech's end marker."""
    assert isinstance(speak, Speak)
    assert speak.ending is not None
    return [_read(unit.data.decode()) for unit in speak.ending.units if unit.how == "text"]


def wrapped(member: Preset, data: bytes = b"\1\0", context: str = "") -> Message:
    return _unframed(member.wrap(data, context))


def _shown(actions: Actions) -> list[object]:
    shown: list[object] = []
    for action in actions:
        if isinstance(action, Say | Leave):
            shown += map(_unframed, action.frames)
        if isinstance(action, Leave):
            shown.append(Closed(action.code, action.reason))
        if isinstance(action, Speak | Cancel):
            shown.append(action)
    return shown


def _unframed(frame: Frame) -> Message:
    return _read(frame.data.decode() if frame.kind == "text" else frame.data)


def _written(message: Words) -> str | bytes:
    return json.dumps(message) if isinstance(message, Mapping) else message


def _read(message: str | bytes) -> Message:
    try:
        found = json.loads(message) if isinstance(message, str) else None
    except ValueError:
        return message
    return found if isinstance(found, dict) else message


def _name(message: object) -> str:
    if isinstance(message, dict):
        return str(message.get("type") or " ".join(message))
    if isinstance(message, Closed):
        return f"close {message.code}"
    return "pcm" if isinstance(message, bytes) else str(message)


def _audio(message: Message, keys: tuple[str, ...]) -> bytes:
    if not keys:
        return message if isinstance(message, bytes) else b""
    found: object = message
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return base64.b64decode(found) if isinstance(found, str) else b""
