"""The WebSocket profile: a JSON request, binary PCM, the end marker."""

import asyncio
import json
from typing import Final

from aiohttp import WSMsgType, web

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
CLOSE_S_MAX: Final = 10.0  # how long the client may take to answer our close frame
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
    socket = web.WebSocketResponse(
        timeout=CLOSE_S_MAX, compress=False, max_msg_size=REQUEST_BYTES_MAX
    )
    await socket.prepare(request)
    await wire.while_there(_converse(socket, service, wire))
    return socket


async def _converse(socket: web.WebSocketResponse, service: Service, wire: Wire) -> None:
    requests: asyncio.Queue[str] = asyncio.Queue(REQUESTS_WAITING_MAX)
    async with asyncio.TaskGroup() as tasks:
        name = f"read-{wire.number}"
        reader = tasks.create_task(_read(socket, wire, requests), name=name)
        outlet = WebSocketOutlet(socket, wire)
        while not socket.closed:
            await _answer(await requests.get(), outlet, service, wire)
        reader.cancel()


async def _read(socket: web.WebSocketResponse, wire: Wire, requests: asyncio.Queue[str]) -> None:
    """Read without a pause, so that pings are answered and a close frame is seen at once."""
    while True:
        message = await socket.receive()
        if message.type is WSMsgType.TEXT and not requests.full():
            requests.put_nowait(message.data)
        elif message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            wire.part("own", f"close {POLICY_VIOLATION}")
            await socket.close(code=POLICY_VIOLATION, message=b"One text message per speech.")
            return
        elif message.type is WSMsgType.CLOSE:
            wire.part("peer", f"close {message.data or NO_CODE}")
            return
        else:  # we are closing, or the client broke the protocol: aiohttp has closed with a code
            if message.type is WSMsgType.ERROR:
                wire.part("own", f"close {socket.close_code}")
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
    """Writes a stream as binary messages."""

    def __init__(self, socket: web.WebSocketResponse, wire: Wire) -> None:
        self._socket = socket
        self._wire = wire

    async def accept(self) -> None:
        """Send nothing: the upgrade was the acceptance."""

    async def send(self, data: bytes) -> None:
        """Send one binary message."""
        await self._socket.send_bytes(data)

    async def mark(self, unit: Unit) -> None:
        """Send a text or a binary message; the close frame goes by `close`."""
        if unit.how == "text":
            await self._socket.send_str(unit.data.decode())
        elif unit.how == "binary":
            await self._socket.send_bytes(unit.data)

    async def refuse(self, refusal: Refuse) -> None:
        """Send an error message and close: for a status it is too late."""
        error = answers.error_of(refusal.status, "")
        await self.say(error, INTERNAL_ERROR if refusal.status >= 500 else POLICY_VIOLATION)

    async def say(self, error: GroqError, code: int) -> None:
        """Send an error message and close with this code."""
        await self._socket.send_str(json.dumps(error.body()))
        await self.close(code)

    async def close(self, code: int) -> None:
        """Send a close frame and wait for that of the client."""
        self._wire.part("own", f"close {code}")
        await self._socket.close(code=code)


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
