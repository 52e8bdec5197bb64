"""One WebSocket to the SUT, on websockets' sans-I/O protocol: pings, endings and frames are ours.

It reads always and without a queue: what arrives is stamped and handed on in the same callback,
so that neither PONG nor audio is late by our own fault.
"""

import asyncio
import socket
import struct
from typing import Protocol

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidURI, WebSocketException
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from harness.adapters.base import Frame
from harness.model.clock import Clock
from harness.model.errors import HarnessError

FRAME_BYTES_MAX = 64 * 1024 * 1024


class ConnectError(HarnessError):
    """The SUT could not be reached, or does not speak WebSocket there."""


class Listener(Protocol):
    """Who hears what happens on the connection; times are monotonic ns."""

    def on_frame(self, frame: Frame, at_ns: int) -> None:
        """Take one whole message."""
        ...

    def on_pong(self, payload: bytes, at_ns: int) -> None:
        """Take one PONG."""
        ...

    def on_part(self) -> None:
        """Take a frame that is no whole message: a ping, or a part of one."""
        ...

    def on_lost(self, how: str, at_ns: int) -> None:
        """Learn, once, that the connection is gone, and how."""
        ...

    def on_crash(self, error: Exception) -> None:
        """Learn that we failed on what arrived: our fault, and the connection is gone for it."""
        ...


class Connection(asyncio.Protocol):
    """Owner of one client socket."""

    def __init__(self, url: str, listener: Listener, clock: Clock) -> None:
        try:
            self._uri = parse_uri(url)
        except InvalidURI as error:
            raise ConnectError(f"{url!r} is no WebSocket URL: {error}.") from error
        self._listener = listener
        self._clock = clock
        self._protocol = ClientProtocol(self._uri, max_size=FRAME_BYTES_MAX)
        self._transport: asyncio.Transport | None = None
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._parts: list[bytes] = []
        self._is_text = True
        self._how_lost: str | None = None
        self.is_lost = False

    async def open(self, *, deadline_s: float) -> None:
        """Connect and shake hands.

        Raises:
            ConnectError: refused, no WebSocket, or not within the deadline.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(deadline_s):
                await loop.create_connection(lambda: self, self._uri.host, self._uri.port)
                await self._opened
        except TimeoutError:
            self.abort()
            raise ConnectError(f"no WebSocket handshake within {deadline_s:.0f} s.") from None
        except (OSError, WebSocketException) as error:
            self.abort()
            raise ConnectError(f"cannot connect: {error}.") from error

    @property
    def is_open(self) -> bool:
        """Tell whether what is sent now can still be read: neither side has begun to close."""
        return not self.is_lost and self._protocol.state is State.OPEN

    # -- commands --------------------------------------------------------------------------

    def send(self, frames: tuple[Frame, ...], *, fence: bytes | None = None) -> None:
        """Write frames, and the fence right behind them, in one write; nothing behind a close."""
        if not self.is_open:
            return
        for frame in frames:
            if frame.is_text:
                self._protocol.send_text(frame.payload)
            else:
                self._protocol.send_binary(frame.payload)
        if fence is not None:
            self._protocol.send_ping(fence)
        self._flush()

    def send_wire(self, wire: bytes) -> None:
        """Write bytes as they are, past the protocol: what breaks it is made on purpose."""
        if not self.is_lost and self._transport is not None:
            self._transport.write(wire)

    def stop_reading(self) -> None:
        """Read nothing more until told otherwise: pings are not answered, buffers fill up."""
        if self._transport is not None and not self.is_lost:
            self._transport.pause_reading()

    def read_again(self) -> None:
        """Read what has come meanwhile."""
        if self._transport is not None and not self.is_lost:
            self._transport.resume_reading()

    def leave(self, how: str) -> None:
        """Go away: ``close`` sends a close frame, ``fin`` ends the stream, ``rst`` resets it."""
        transport = self._transport
        if self.is_lost or transport is None:
            return
        if how == "close":
            if self._protocol.state is State.OPEN:  # else the SUT's own close is being answered
                self._protocol.send_close(1000)
                self._flush()
        elif how == "fin":
            transport.close()
        else:
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()

    def abort(self) -> None:
        """Drop the connection at once; harmless when it is gone."""
        if self._transport is not None:
            self._transport.abort()

    # -- asyncio ---------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the handshake."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._protocol.send_request(self._protocol.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Feed the protocol and hand on what came out of it."""
        at_ns = self._clock.now_ns()
        self._protocol.receive_data(data)
        self._deliver(at_ns)
        self._flush()
        error = self._protocol.parser_exc
        if error is not None and self._how_lost is None:
            self._how_lost = f"malformed frame ({error})"
            if not self._opened.done():
                self._opened.set_exception(ConnectError(f"no WebSocket handshake: {error}."))

    def eof_received(self) -> bool:
        """Take the peer's FIN; the transport is closed by returning False."""
        self._protocol.receive_eof()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the listener, once."""
        self.is_lost = True
        if not self._opened.done():
            why = self._protocol.handshake_exc or exc or "the connection was closed"
            self._opened.set_exception(ConnectError(f"no WebSocket handshake: {why}."))
        if exc is not None and not isinstance(exc, OSError):
            self._listener.on_crash(exc)
        code = self._protocol.close_rcvd
        how = self._how_lost or (
            f"close {code.code}" if code else "rst" if isinstance(exc, ConnectionError) else "fin"
        )
        self._listener.on_lost(how, self._clock.now_ns())

    def _flush(self) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        pieces = self._protocol.data_to_send()
        wire = b"".join(pieces)
        if wire:
            transport.write(wire)
        if pieces and pieces[-1] == b"":
            transport.close()

    def _deliver(self, at_ns: int) -> None:
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                self._handshake_done()
            elif isinstance(event, WireFrame):
                self._deliver_frame(event, at_ns)

    def _handshake_done(self) -> None:
        error = self._protocol.handshake_exc
        if self._opened.done():
            return
        if error is None:
            self._opened.set_result(None)
        else:
            self._opened.set_exception(ConnectError(f"no WebSocket handshake: {error}."))

    def _deliver_frame(self, frame: WireFrame, at_ns: int) -> None:
        if frame.opcode is Opcode.PONG:
            self._listener.on_pong(bytes(frame.data), at_ns)
            return
        if frame.opcode is Opcode.PING or not frame.fin:
            self._listener.on_part()
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            if frame.opcode is not Opcode.CONT:
                self._is_text = frame.opcode is Opcode.TEXT
            self._parts.append(bytes(frame.data))
            if frame.fin:
                payload, self._parts = b"".join(self._parts), []
                self._listener.on_frame(Frame(payload=payload, is_text=self._is_text), at_ns)
