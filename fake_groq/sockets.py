"""What the fake writes to one WebSocket: messages, frames of its own making, and the goodbye."""

import struct
from contextlib import suppress
from functools import lru_cache
from typing import Final, Literal

from aiohttp import WSMessage, WSMsgType, web
from aiohttp.http import WebSocketError

from fake_groq.end_markers import NORMAL_CLOSURE
from fake_groq.steps import FrameKind, Manners
from fake_groq.wire import NothingFollows, Wire

MessageKind = Literal["text", "binary"]

NO_CODE: Final = 1005
REASON_BYTES_MAX: Final = 123
UNREAD_BYTES_MAX: Final = 1 << 20

_OPCODES: Final[dict[FrameKind, int]] = {"continuation": 0, "text": 1, "binary": 2, "close": 8}


class Socket:
    """The writing side of a WebSocket, and its manners.

    The close frame is our own and not aiohttp's, which would hang up without waiting for the answer
    while somebody reads.
    """

    def __init__(self, socket: web.WebSocketResponse, wire: Wire) -> None:
        self.wire = wire
        self._socket = socket
        self._said_goodbye = False
        self._has_sent_close = False
        self._owed_code: int | None = None
        self._answers_pings = True

    @property
    def has_said_goodbye(self) -> bool:
        """Whether our close frame is out: nothing that is said reaches the client any more."""
        return self._said_goodbye

    async def receive(self) -> WSMessage:
        """Return the next message of the client."""
        return await self._socket.receive()

    async def send(self, data: bytes, kind: MessageKind) -> None:
        """Send a message, and wait only where very much is unread: who waits does not listen.

        Raises:
            ConnectionError: the connection is gone.
        """
        try:
            self.message(data, kind)
        except NothingFollows:
            await self.wire.departed.wait()
            raise
        if self.wire.queued_bytes > UNREAD_BYTES_MAX:
            await self.wire.drained()

    def message(self, data: bytes, kind: MessageKind) -> None:
        """Write a message, past aiohttp, which takes longer; wait for nothing.

        Raises:
            NothingFollows: our close frame is out.
            ConnectionError: the connection is gone.
        """
        if self._said_goodbye:
            raise NothingFollows
        self.wire.write(frame_head(kind, len(data), is_final=True) + data)

    def frame(self, data: bytes, kind: FrameKind, *, size_bytes: int, is_final: bool) -> None:
        """Send one frame that announces so many bytes, also behind a close frame."""
        if kind == "close":
            self._has_sent_close = True
            self.wire.part("own", f"close {int.from_bytes(data, 'big')}")
        self.wire.write(frame_head(kind, size_bytes, is_final=is_final) + data)

    def behave(self, manners: Manners) -> None:
        """Treat pings and close frames so from now on."""
        if manners.answers_pings is not None:
            self._answers_pings = manners.answers_pings
        if manners.close_answer_ms is not None:
            self.wire.linger_ms = manners.close_answer_ms

    async def pong(self, data: bytes) -> None:
        """Answer a ping, if that is the manner."""
        if self._answers_pings:
            await self._socket.pong(bytes(data))

    async def take_leave(self, message: WSMessage) -> None:
        """Note how the client went, or that aiohttp has closed for a breach of the protocol."""
        if message.type is WSMsgType.CLOSE:
            await self._asked_to_close(message.data or NO_CODE)
        elif isinstance(message.data, WebSocketError):
            self.wire.part("own", f"close {int(message.data.code)}")

    async def answer_close(self) -> None:
        """Answer a close frame that is not answered yet, as late as is the manner."""
        if self._owed_code is not None:
            await self.wire.gone_within(self.wire.linger_ms)
            with suppress(ConnectionError):
                await self.say_goodbye(self._owed_code)

    async def close(self, code: int, reason: str = "") -> None:
        """Send a close frame and wait until the client is gone; the wire bounds that."""
        await self.say_goodbye(code, reason)
        await self.wire.departed.wait()

    async def say_goodbye(self, code: int, reason: str = "") -> None:
        """Send the close frame, the first time that this is called."""
        if not self._said_goodbye:
            self._said_goodbye = self._has_sent_close = True
            self.wire.part("own", f"close {code}")
            said = reason.encode()[:REASON_BYTES_MAX].decode(errors="ignore").encode()
            await self._socket.send_frame(code.to_bytes(2, "big") + said, WSMsgType.CLOSE)

    async def _asked_to_close(self, code: int) -> None:
        """Take the client's close frame, and answer it now or later."""
        self.wire.part("peer", f"close {code}")
        if self._has_sent_close:
            return
        answer = code if code != NO_CODE else NORMAL_CLOSURE
        if self.wire.linger_ms:
            self._owed_code = answer
        else:
            await self.say_goodbye(answer)


@lru_cache(maxsize=256)
def frame_head(frame: FrameKind, size_bytes: int, *, is_final: bool) -> bytes:
    """Return the first bytes of an unmasked WebSocket frame."""
    first = _OPCODES[frame] | (0x80 if is_final else 0)
    if size_bytes < 126:
        return struct.pack(">BB", first, size_bytes)
    if size_bytes < 1 << 16:
        return struct.pack(">BBH", first, 126, size_bytes)
    return struct.pack(">BBQ", first, 127, size_bytes)
