"""The WebSocket profile: a JSON request, binary PCM, the end marker."""

import asyncio
import json
from typing import Final

from aiohttp import WSMsgType, web
from aiohttp.http import WebSocketError

from fake_groq import answers
from fake_groq.answers import GroqError
from fake_groq.end_markers import Unit
from fake_groq.faults.error_status import ErrorStatus
from fake_groq.service import Service
from fake_groq.speech import INPUT_CHARACTERS_MAX, refusal
from fake_groq.steps import Refuse
from fake_groq.wire import Wire

REQUESTS_WAITING_MAX: Final = 16
REQUEST_BYTES_MAX: Final = 1 << 20
NORMAL_CLOSURE: Final = 1000
POLICY_VIOLATION: Final = 1008
INTERNAL_ERROR: Final = 1011
NO_CODE: Final = 1005


async def serve(request: web.BaseRequest, service: Service, wire: Wire) -> web.StreamResponse:
    """Upgrade, then answer one request after the other until somebody closes."""
    fault = next((f for f in service.rulebook.default.faults if isinstance(f, ErrorStatus)), None)
    if fault is not None:
        number = service.refuse(wire, status=fault.status, code=fault.name)
        error = answers.error_of(fault.status, "")
        return refusal(error, service, wire, number=number)
    socket = web.WebSocketResponse(autoclose=False, compress=False, max_msg_size=REQUEST_BYTES_MAX)
    await socket.prepare(request)
    await wire.while_there(_converse(socket, service, wire))
    wire.hang_up()
    return socket


async def _converse(socket: web.WebSocketResponse, service: Service, wire: Wire) -> None:
    """Read and answer until the connection is gone, which ends both."""
    requests: asyncio.Queue[str] = asyncio.Queue(REQUESTS_WAITING_MAX)
    outlet = WebSocketOutlet(socket, wire)
    async with asyncio.TaskGroup() as tasks:
        reading = _read(socket, wire, outlet, requests)
        tasks.create_task(reading, name=f"read-{wire.number}")
        while True:
            await _answer(await requests.get(), outlet, service, wire)


async def _read(
    socket: web.WebSocketResponse,
    wire: Wire,
    outlet: "WebSocketOutlet",
    requests: asyncio.Queue[str],
) -> None:
    """Read without a pause, so that pings are answered and a close frame is seen at once."""
    while True:
        message = await socket.receive()
        if message.type is WSMsgType.TEXT and not requests.full():
            requests.put_nowait(message.data)
        elif message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            await outlet.say_goodbye(POLICY_VIOLATION)
        elif message.type is WSMsgType.CLOSE:
            code = message.data or NO_CODE
            wire.part("peer", f"close {code}")
            await outlet.say_goodbye(code if code != NO_CODE else NORMAL_CLOSURE)
            return
        else:  # the connection is gone, or aiohttp has closed it for a breach of the protocol
            if isinstance(message.data, WebSocketError):
                wire.part("own", f"close {int(message.data.code)}")
            return


async def _answer(text: str, outlet: "WebSocketOutlet", service: Service, wire: Wire) -> None:
    try:
        said = _text_of(text)
    except _NotUnderstood as error:
        service.refuse(wire, status=400, code=str(error))
        await outlet.say(GroqError(status=400, message=str(error)), POLICY_VIOLATION)
        return
    exchange = service.exchange(wire, "ws", said)
    await exchange.perform(outlet, text_chars=len(said))


class WebSocketOutlet:
    """Writes a stream as binary messages, until the goodbye.

    The close frame is our own and not aiohttp's, which would hang up without waiting for the answer
    while somebody reads.
    """

    def __init__(self, socket: web.WebSocketResponse, wire: Wire) -> None:
        self._socket = socket
        self._wire = wire
        self._said_goodbye = False

    async def accept(self) -> None:
        """Send nothing: the upgrade was the acceptance."""

    async def send(self, data: bytes) -> None:
        """Send one binary message."""
        await self._write(data, WSMsgType.BINARY)

    async def mark(self, unit: Unit) -> None:
        """Send a text or a binary message; the close frame goes by `close`."""
        if unit.how == "text":
            await self._write(unit.data, WSMsgType.TEXT)
        elif unit.how == "binary":
            await self._write(unit.data, WSMsgType.BINARY)

    async def refuse(self, refusal: Refuse) -> None:
        """Send an error message and close: for a status it is too late."""
        error = answers.error_of(refusal.status, "")
        await self.say(error, INTERNAL_ERROR if refusal.status >= 500 else POLICY_VIOLATION)

    async def say(self, error: GroqError, code: int) -> None:
        """Send an error message and close with this code."""
        await self._write(json.dumps(error.body()).encode(), WSMsgType.TEXT)
        await self.close(code)

    async def close(self, code: int) -> None:
        """Send a close frame and wait until the client is gone; the wire bounds that."""
        await self.say_goodbye(code)
        await self._wire.departed.wait()

    async def say_goodbye(self, code: int) -> None:
        """Send the close frame, the first time that this is called."""
        if not self._said_goodbye:
            self._said_goodbye = True
            self._wire.part("own", f"close {code}")
            await self._socket.send_frame(code.to_bytes(2, "big"), WSMsgType.CLOSE)

    async def _write(self, data: bytes, kind: WSMsgType) -> None:
        if self._said_goodbye:
            await self._wire.departed.wait()
            raise ConnectionResetError("Nothing follows a close frame.")
        await self._socket.send_frame(data, kind)


class _NotUnderstood(Exception):
    """The text message is no request."""


def _text_of(text: str) -> str:
    """Return the text to speak; model and voice may be anything.

    Raises:
        _NotUnderstood: says what is wrong.
    """
    try:
        request = json.loads(text)
    except ValueError:
        request = None
    if not isinstance(request, dict):
        raise _NotUnderstood("invalid JSON")
    said = request.get("input")
    if not isinstance(said, str) or not said:
        raise _NotUnderstood("input is required")
    if len(said) > INPUT_CHARACTERS_MAX:
        raise _NotUnderstood(f"input must be at most {INPUT_CHARACTERS_MAX} characters")
    return said
