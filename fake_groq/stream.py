"""The WebSocket profile: a JSON request, binary PCM, the end marker."""

import asyncio
import json
import struct
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

from aiohttp import WSMessage, WSMsgType, web
from aiohttp.http import WebSocketError

from fake_groq import answers
from fake_groq.answers import GroqError
from fake_groq.end_markers import Unit
from fake_groq.exchange import Exchange
from fake_groq.faults.base import FaultError
from fake_groq.service import Service
from fake_groq.speech import INPUT_CHARACTERS_MAX, faults_of, refusal, wrong_fault
from fake_groq.steps import FrameKind, Manners, Refuse, Reset, Send, Stall, Step
from fake_groq.wire import Wire

REQUESTS_WAITING_MAX: Final = 16
REQUEST_BYTES_MAX: Final = 1 << 20
NORMAL_CLOSURE: Final = 1000
POLICY_VIOLATION: Final = 1008
INTERNAL_ERROR: Final = 1011
NO_CODE: Final = 1005

_OPCODES: Final[dict[FrameKind, int]] = {"continuation": 0, "text": 1, "binary": 2, "close": 8}


async def serve(request: web.BaseRequest, service: Service, wire: Wire) -> web.StreamResponse:
    """Upgrade, then answer one request after the other until somebody closes."""
    try:
        asked = faults_of(request)
    except FaultError as error:
        return refusal(wrong_fault(error), service, wire)
    default = service.rulebook.default.faults
    met = service.at_upgrade((*default, *asked))
    if met is not None:
        return await _not_upgraded(met, service, wire)
    spent = tuple(fault for fault in default if fault.at_upgrade() is not None)
    asked = tuple(fault for fault in asked if fault.at_upgrade() is None)
    socket = web.WebSocketResponse(
        autoclose=False, autoping=False, compress=False, max_msg_size=REQUEST_BYTES_MAX
    )
    await socket.prepare(request)
    outlet = WebSocketOutlet(socket, wire)
    exchange = partial(service.exchange, wire, "ws", asked=asked, spent=spent)
    await wire.while_there(_converse(outlet, service, exchange))
    await outlet.answer_close()
    wire.hang_up()
    return socket


async def _not_upgraded(met: tuple[str, Step], service: Service, wire: Wire) -> web.StreamResponse:
    """Do to the upgrade what the fault of this name does; without an answer its status is 0."""
    name, step = met
    status = step.status if isinstance(step, Refuse) else 0
    number = service.refuse(wire, status=status, code=name)
    if isinstance(step, Refuse):
        error, wait_s = answers.error_of(status, ""), step.retry_after_s
        return refusal(error, service, wire, number=number, retry_after_s=wait_s)
    if isinstance(step, Reset):
        wire.down_ms = step.down_ms
        wire.reset()
    elif isinstance(step, Stall):
        await wire.gone_within(step.ms)
        wire.hang_up()
    return web.Response(status=500)  # nobody is there to see it


async def _converse(
    outlet: "WebSocketOutlet", service: Service, exchange: Callable[[str], Exchange]
) -> None:
    """Read and answer until the connection is gone, which ends both."""
    requests: asyncio.Queue[str] = asyncio.Queue(REQUESTS_WAITING_MAX)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_read(outlet, requests), name=f"read-{outlet.wire.number}")
        while True:
            await _answer(await requests.get(), outlet, service, exchange)


async def _read(outlet: "WebSocketOutlet", requests: asyncio.Queue[str]) -> None:
    """Read without a pause, so that pings are answered and a close frame is seen at once."""
    while True:
        message = await outlet.socket.receive()
        if message.type is WSMsgType.PING:
            await outlet.pong(message.data)
        elif message.type is WSMsgType.TEXT and not requests.full():
            requests.put_nowait(message.data)
        elif message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            await outlet.say_goodbye(POLICY_VIOLATION)
        elif message.type is not WSMsgType.PONG:
            await _take_leave(message, outlet)
            return


async def _take_leave(message: WSMessage, outlet: "WebSocketOutlet") -> None:
    """Note how the client went, or that aiohttp has closed for a breach of the protocol."""
    if message.type is WSMsgType.CLOSE:
        await outlet.asked_to_close(message.data or NO_CODE)
    elif isinstance(message.data, WebSocketError):
        outlet.wire.part("own", f"close {int(message.data.code)}")


async def _answer(
    text: str,
    outlet: "WebSocketOutlet",
    service: Service,
    exchange: Callable[[str], Exchange],
) -> None:
    try:
        said = _text_of(text)
    except _NotUnderstood as error:
        service.refuse(outlet.wire, status=400, code=str(error))
        await outlet.say(GroqError(status=400, message=str(error)), POLICY_VIOLATION)
        return
    await exchange(said).perform(outlet, text_chars=len(said))


class WebSocketOutlet:
    """Writes a stream as binary messages, until the goodbye.

    The close frame is our own and not aiohttp's, which would hang up without waiting for the answer
    while somebody reads.
    """

    def __init__(self, socket: web.WebSocketResponse, wire: Wire) -> None:
        self.socket = socket
        self.wire = wire
        self._said_goodbye = False
        self._has_sent_close = False
        self._owed_code: int | None = None
        self._answers_pings = True

    async def accept(self) -> None:
        """Send nothing, since the upgrade was the acceptance; mend one's manners."""
        self.behave(Manners(answers_pings=True, close_answer_ms=0.0))

    async def send(self, data: bytes, piece: Send) -> None:
        """Send one binary message, or the frame that is asked for."""
        if (piece.frame, piece.is_final, piece.owes_bytes) == ("binary", True, 0):
            await self._write(data, WSMsgType.BINARY)
            return
        if piece.frame == "close":
            self._has_sent_close = True
            self.wire.part("own", f"close {int.from_bytes(data, 'big')}")
        size_bytes = len(data) + piece.owes_bytes
        await self.raw(frame_head(piece.frame, size_bytes, is_final=piece.is_final) + data)

    async def raw(self, data: bytes) -> None:
        """Send bytes past all framing, and also behind a close frame."""
        self.wire.write(data)

    async def mark(self, unit: Unit) -> None:
        """Send a text or a binary message; the close frame goes by `close`."""
        if unit.how == "text":
            await self._write(unit.data, WSMsgType.TEXT)
        elif unit.how == "binary":
            await self._write(unit.data, WSMsgType.BINARY)

    def behave(self, manners: Manners) -> None:
        """Treat pings and close frames so from now on."""
        if manners.answers_pings is not None:
            self._answers_pings = manners.answers_pings
        if manners.close_answer_ms is not None:
            self.wire.linger_ms = manners.close_answer_ms

    async def pong(self, data: bytes) -> None:
        """Answer a ping, if that is the manner."""
        if self._answers_pings:
            await self.socket.pong(bytes(data))

    async def asked_to_close(self, code: int) -> None:
        """Take the client's close frame, and answer it now or later."""
        self.wire.part("peer", f"close {code}")
        if self._has_sent_close:
            return
        answer = code if code != NO_CODE else NORMAL_CLOSURE
        if self.wire.linger_ms:
            self._owed_code = answer
        else:
            await self.say_goodbye(answer)

    async def answer_close(self) -> None:
        """Answer a close frame that is not answered yet, as late as is the manner."""
        if self._owed_code is not None:
            await self.wire.gone_within(self.wire.linger_ms)
            with suppress(ConnectionError):
                await self.say_goodbye(self._owed_code)

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
        await self.wire.departed.wait()

    async def say_goodbye(self, code: int) -> None:
        """Send the close frame, the first time that this is called."""
        if not self._said_goodbye:
            self._said_goodbye = self._has_sent_close = True
            self.wire.part("own", f"close {code}")
            await self.socket.send_frame(code.to_bytes(2, "big"), WSMsgType.CLOSE)

    async def _write(self, data: bytes, kind: WSMsgType) -> None:
        if self._said_goodbye:
            await self.wire.departed.wait()
            raise ConnectionResetError("Nothing follows a close frame.")
        await self.socket.send_frame(data, kind)


def frame_head(frame: FrameKind, size_bytes: int, *, is_final: bool) -> bytes:
    """Return the first bytes of an unmasked WebSocket frame."""
    first = _OPCODES[frame] | (0x80 if is_final else 0)
    if size_bytes < 126:
        return struct.pack(">BB", first, size_bytes)
    if size_bytes < 1 << 16:
        return struct.pack(">BBH", first, 126, size_bytes)
    return struct.pack(">BBQ", first, 127, size_bytes)


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
