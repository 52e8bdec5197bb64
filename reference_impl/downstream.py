"""The client's connection: its owner, its only reader, its only writer.

Every `send_…` only queues and never waits; one task runs `write`. A client that reads slowly makes
`room` wait, which stops the reading from upstream, and nothing else: commands, PONGs and the end
of a message pass through as soon as the socket takes them.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from aiohttp import WebSocketError, WSCloseCode, WSMsgType, web

from reference_impl.client_frames import (
    end_frame,
    error_frame,
    read_text_frame,
    start_frame,
    unexpected_binary,
)
from reference_impl.ownership import Census, Owned
from reference_impl.vocabulary import (
    ClientLeft,
    EndReason,
    Failure,
    Pinged,
    Rejected,
    Retire,
    Speak,
    Stop,
)

AUDIO_BYTES_MAX = 48_000
"""One second: so much audio waits here for a slow client before the upstream is read no more."""

FRAMES_MAX = 2048
"""More frames other than audio wait only for a client that asks and does not read."""

SEND_BUFFER_BYTES = 65_536
"""Asked of the kernel (which doubles it): audio in there is beyond the reach of a STOP."""

TRANSPORT_BUFFER_BYTES = 2048
CLIENT_FRAME_BYTES_MAX = 65_536
CLOSE_HANDSHAKE_S = 0.5
CLOSE_DEADLINE_S = 1.0
FLUSH_DEADLINE_S = 0.5


FromClient = Speak | Stop | Rejected | Pinged | Retire | ClientLeft


class ClientGone(Exception):
    """The client left, or reads so little that it is as good as gone."""


class _Kind(Enum):
    TEXT = "text"
    AUDIO = "audio"
    PONG = "pong"
    MARK = "mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Queued:
    kind: _Kind
    payload: bytes = b""
    call: Callable[[], Awaitable[None]] | None = None  # of a MARK: all before it was written


class ClientSocket(web.WebSocketResponse):
    """A WebSocket that neither answers nor closes by itself: its owner does.

    aiohttp closes as soon as it reads a broken frame. But then the open message would get no end
    signal; so here a close is refused until the owner asks for it.
    """

    def __init__(self) -> None:
        super().__init__(
            autoping=False,
            autoclose=False,
            compress=False,
            max_msg_size=CLIENT_FRAME_BYTES_MAX,
            writer_limit=TRANSPORT_BUFFER_BYTES,  # so that it drains after each audio frame
            timeout=CLOSE_HANDSHAKE_S,
        )
        self._may_close = False

    async def close(
        self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True
    ) -> bool:
        """Close, if it is the owner who asks."""
        if not self._may_close:
            return False
        return await super().close(code=code, message=message, drain=drain)

    async def close_by_owner(self, code: int) -> None:
        """Close with this code."""
        self._may_close = True
        await self.close(code=code)


class Downstream:
    """Owns one client's WebSocket.

    Args:
        websocket: prepared.
        transport: the TCP connection below it.
        stall_ms: how long one frame may wait for the client to read.
        vanish_ms: how long the kernel waits for a client that answers nothing below TCP.
        census: where the connection is counted.
    """

    def __init__(
        self,
        websocket: ClientSocket,
        transport: asyncio.Transport,
        *,
        stall_ms: int,
        vanish_ms: int,
        census: Census,
    ) -> None:
        self._websocket = websocket
        self._stall_s = stall_ms / 1000
        self._queue: deque[_Queued] = deque()
        self._audio_bytes = 0  # queued or being written
        self._has_work = asyncio.Event()
        self._has_room = asyncio.Event()
        self._close_code = 1000
        self._connection = Owned(
            transport,
            release=self._close_politely,
            abandon=lambda connection: connection.abort(),
            census=census,
            kind="client_sockets",
        )
        transport.set_write_buffer_limits(high=TRANSPORT_BUFFER_BYTES, low=0)
        _tune(transport.get_extra_info("socket"), vanish_ms=vanish_ms)

    @property
    def buffered_bytes(self) -> int:
        """Bytes of audio that wait for the client in here."""
        return self._audio_bytes

    @property
    def marks_waiting(self) -> int:
        """How many callers wait for `when_drained`."""
        return sum(queued.kind is _Kind.MARK for queued in self._queue)

    # ------------------------------------------------------------------------- from the client

    async def receive(self) -> FromClient:
        """Return the client's next word; after `Retire` or `ClientLeft` there is none."""
        while True:
            message = await self._websocket.receive()
            if message.type is WSMsgType.TEXT:
                return read_text_frame(message.data)
            if message.type is WSMsgType.BINARY:
                return unexpected_binary()
            if message.type is WSMsgType.PING:
                return Pinged(payload=bytes(message.data))
            if isinstance(message.data, WebSocketError):
                return Retire(close_code=message.data.code, cause="protocol_error")
            if message.type is not WSMsgType.PONG:
                return ClientLeft(cause="client_left")

    # --------------------------------------------------------------------------- to the client

    def send_start(self, message_id: str) -> None:
        """Queue the start signal."""
        self._push(_Queued(kind=_Kind.TEXT, payload=start_frame(message_id).encode()))

    def send_audio(self, pcm: bytes) -> None:
        """Queue whole samples."""
        self._audio_bytes += len(pcm)
        self._push(_Queued(kind=_Kind.AUDIO, payload=pcm))

    def send_error(self, message_id: str | None, failure: Failure) -> None:
        """Queue an error."""
        self._push(_Queued(kind=_Kind.TEXT, payload=error_frame(message_id, failure).encode()))

    def send_end(self, message_id: str, reason: EndReason) -> None:
        """Queue the end signal."""
        self._push(_Queued(kind=_Kind.TEXT, payload=end_frame(message_id, reason).encode()))

    def send_pong(self, payload: bytes) -> None:
        """Queue a PONG ahead of the audio that waits, behind everything else."""
        behind: list[_Queued] = []
        while self._queue and self._queue[-1].kind in (_Kind.AUDIO, _Kind.MARK):
            behind.append(self._queue.pop())
        self._push(_Queued(kind=_Kind.PONG, payload=payload))
        self._queue.extend(reversed(behind))

    def drop_audio(self) -> int:
        """Throw away the audio that has not been written, and its marks; return its bytes."""
        kept = [queued for queued in self._queue if queued.kind in (_Kind.TEXT, _Kind.PONG)]
        dropped = sum(len(q.payload) for q in self._queue if q.kind is _Kind.AUDIO)
        self._queue = deque(kept)
        self._count_out(dropped)
        return dropped

    def when_drained(self, call: Callable[[], Awaitable[None]]) -> None:
        """Call when all that is queued by now has been written; never, if it is dropped."""
        self._push(_Queued(kind=_Kind.MARK, call=call))

    async def room(self) -> None:
        """Wait until the audio that is queued is within its limit."""
        while self._audio_bytes >= AUDIO_BYTES_MAX:
            self._has_room.clear()
            await self._has_room.wait()

    async def write(self) -> None:
        """Write what is queued, for ever.

        Raises:
            ClientGone: the connection is lost, or one frame waited too long for the client.
        """
        try:
            while True:
                queued = await self._next()
                async with asyncio.timeout(self._stall_s):
                    await self.put(queued)
        except TimeoutError as late:
            raise ClientGone("client_stalled") from late
        except ConnectionError as error:
            raise ClientGone("client_left") from error

    async def flush(self) -> None:
        """Wait until all that is queued has been written, but not for long."""
        written = asyncio.Event()

        async def report() -> None:
            written.set()

        self.when_drained(report)
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_DEADLINE_S):
                await written.wait()

    async def close(self, close_code: int) -> None:
        """Close the connection; it is gone within the deadline, whatever the client does."""
        self._close_code = close_code
        await self._connection.release(deadline_s=CLOSE_DEADLINE_S)

    async def _next(self) -> _Queued:
        while not self._queue:
            self._has_work.clear()
            await self._has_work.wait()
        return self._queue.popleft()

    async def put(self, queued: _Queued) -> None:
        """Write one frame; waits while the socket is full."""
        if queued.kind is _Kind.TEXT:
            await self._websocket.send_str(queued.payload.decode())
        elif queued.kind is _Kind.PONG:
            await self._websocket.pong(queued.payload)
        elif queued.call is not None:
            await queued.call()
        else:
            await self.put_audio(queued.payload)

    async def put_audio(self, pcm: bytes) -> None:
        """Write one frame of audio, which then no longer counts as buffered."""
        try:
            await self._websocket.send_bytes(pcm)
        finally:
            self._count_out(len(pcm))

    def _count_out(self, audio_bytes: int) -> None:
        self._audio_bytes -= audio_bytes
        self._has_room.set()

    def _push(self, queued: _Queued) -> None:
        if len(self._queue) >= FRAMES_MAX and self._is_flooded():
            raise ClientGone("client_stalled")
        self._queue.append(queued)
        self._has_work.set()

    def _is_flooded(self) -> bool:
        return sum(queued.kind is not _Kind.AUDIO for queued in self._queue) >= FRAMES_MAX

    async def _close_politely(self, transport: asyncio.Transport) -> None:
        await self._websocket.close_by_owner(self._close_code)
        if transport.get_write_buffer_size():
            transport.abort()  # else it would linger until a client that does not read has read


def _tune(client: socket.socket, *, vanish_ms: int) -> None:
    """Bound the kernel's part: what it queues, and how long it believes in a silent peer."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        idle_s = max(1, vanish_ms // 3000)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, idle_s)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, idle_s)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 2)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, vanish_ms)
