"""The WebSocket profile of the upstream: one socket per message."""

import asyncio
import json
import socket
from collections import deque
from contextlib import suppress

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import WebSocketURI

from reference_impl.completion_budget import CompletionBudget
from reference_impl.framing import Chunk, EndMarkers, Finish, Framing, Part, Text, WebSocketFraming
from reference_impl.ownership import Census, Owned, Partings
from reference_impl.upstream import SpeechRequest, Upstream, UpstreamFailed, unreachable

READ_BYTES_MAX = 65_536
MESSAGE_BYTES_MAX = 1 << 20
NORMAL_CLOSURE = 1000
ABNORMAL_CLOSURE = 1006


class WebSocketConnection:
    """A TCP connection with a WebSocket client on it; owned by a `WebSocketUpstream`.

    It speaks the protocol through websockets' sans-I/O client: so the close frame can be written
    the moment that a message is stopped, and a peer that never answers it keeps nobody waiting.
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, protocol: ClientProtocol
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._protocol = protocol
        self._frames: deque[Frame] = deque()
        self._text = b""
        self._is_text = False
        self._reading = asyncio.Lock()  # a stopped message may still be in its last read

    async def shake_hands(self, key: str | None) -> None:
        """Upgrade the connection.

        Raises:
            UpstreamFailed: the answer is no upgrade.
        """
        request = self._protocol.connect()
        if key:
            request.headers["Authorization"] = f"Bearer {key}"
        self._protocol.send_request(request)
        self._flush()
        while self._protocol.state is State.CONNECTING and self._protocol.handshake_exc is None:
            await self._read()
        refusal = self._protocol.handshake_exc
        if isinstance(refusal, InvalidStatus):
            status = refusal.response.status_code
            raise UpstreamFailed(
                code="upstream_refused", message=f"The upstream refused with status {status}."
            )
        if refusal is not None:
            raise UpstreamFailed(
                code="upstream_refused", message=f"The upstream is no WebSocket server: {refusal}."
            )

    @property
    def is_open(self) -> bool:
        """Say whether the upgrade is done and the peer has closed nothing, as far as is known."""
        return self._protocol.state is State.OPEN and not self._reader.at_eof()

    def send(self, document: dict[str, str]) -> None:
        """Send one JSON text message; small enough never to wait."""
        self._protocol.send_text(json.dumps(document).encode())
        self._flush()

    async def receive(self) -> Part:
        """Return the next audio, text message or close of the peer."""
        while True:
            while self._frames:
                part = self._part(self._frames.popleft())
                if part is not None:
                    return part
            if self._protocol.state is State.CLOSED or self._protocol.parser_exc is not None:
                raise UpstreamFailed(
                    code="upstream_reset", message="The upstream's connection broke off."
                )
            await self._read()

    def say_goodbye(self) -> None:
        """Write the close frame now."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(NORMAL_CLOSURE)
            self._flush()

    async def leave(self) -> None:
        """Wait until the peer has closed too; what it still sends is thrown away."""
        if self._protocol.state is not State.CONNECTING:
            async with self._reading:
                await self._discard_the_rest()
        self.abort()
        with suppress(OSError):
            await self._writer.wait_closed()

    def abort(self) -> None:
        """Drop the connection at once."""
        self._writer.transport.abort()

    async def _discard_the_rest(self) -> None:
        with suppress(OSError):
            while await self._reader.read(READ_BYTES_MAX):
                pass

    async def _read(self) -> None:
        try:
            async with self._reading:
                data = await self._reader.read(READ_BYTES_MAX)
        except OSError:
            data = b""  # a reset; the protocol calls it an abnormal closure
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        self._frames.extend(
            event for event in self._protocol.events_received() if isinstance(event, Frame)
        )
        self._flush()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data and not self._writer.is_closing():
                self._writer.write(data)

    def _part(self, frame: Frame) -> Part | None:
        """Return what a frame means; None for those without meaning (ping, half a text)."""
        if frame.opcode is Opcode.CLOSE:
            closed = self._protocol.close_rcvd
            code = ABNORMAL_CLOSURE if closed is None else closed.code
            return Finish(is_clean=code == NORMAL_CLOSURE, how=f"close {code}")
        if frame.opcode is Opcode.TEXT or (frame.opcode is Opcode.CONT and self._is_text):
            self._is_text = not frame.fin
            self._text += frame.data
            return self._whole_text() if frame.fin else None
        if frame.opcode in (Opcode.BINARY, Opcode.CONT):
            is_edge = not frame.data and not (frame.opcode is Opcode.BINARY and frame.fin)
            return None if is_edge else Chunk(payload=bytes(frame.data))
        return None

    def _whole_text(self) -> Text:
        text, self._text = self._text, b""
        return Text(text=text.decode(errors="replace"))


class WebSocketUpstream(Upstream):
    """The WebSocket profile: one socket per message, its end told by a declared marker."""

    def __init__(
        self,
        *,
        uri: WebSocketURI,
        key: str | None,
        markers: EndMarkers,
        connect_ms: int,
        partings: Partings,
        census: Census,
    ) -> None:
        self._uri = uri
        self._key = key
        self._markers = markers
        self._connect_s = connect_ms / 1000
        self._partings = partings
        self._census = census
        self._connection: Owned[WebSocketConnection] | None = None

    def framing(self) -> Framing:
        """Return a reader that knows the declared end markers."""
        return WebSocketFraming(self._markers)

    async def open(self, request: SpeechRequest, budget: CompletionBudget) -> None:
        """Connect, upgrade, and send the request as one text message."""
        await self.connect()
        assert self._connection is not None, "it has just been made"
        self._connection.resource.send(
            {"model": request.model, "input": request.text, "voice": request.voice}
        )
        budget.opened()

    async def connect(self) -> None:
        """Connect and upgrade, unless that was done ahead of the request.

        Raises:
            UpstreamFailed: nobody answers, or the answer is no upgrade.
        """
        if self._connection is not None:
            return
        try:
            async with asyncio.timeout(self._connect_s):
                connection = await self._connect()
                await connection.shake_hands(self._key)
        except OSError as error:
            raise unreachable(error) from error

    @property
    def is_usable(self) -> bool:
        """Say whether it is connected, and has heard nothing of the peer's leaving."""
        held = self._connection
        return held is not None and held.is_held and held.resource.is_open

    async def receive(self) -> Part:
        """Return the next audio, text message or close of the peer."""
        assert self._connection is not None, "receive comes after open"
        return await self._connection.resource.receive()

    def release(self) -> bool:
        """Write the close frame and leave the rest to the partings."""
        if self._connection is None or not self._connection.is_held:
            return False
        self._connection.resource.say_goodbye()
        self._partings.admit(self._connection)
        return True

    async def _connect(self) -> WebSocketConnection:
        reader, writer = await asyncio.open_connection(
            self._uri.host,
            self._uri.port,
            ssl=True if self._uri.secure else None,
            limit=READ_BYTES_MAX,
        )
        _set_no_delay(writer.transport)
        protocol = ClientProtocol(self._uri, max_size=MESSAGE_BYTES_MAX)
        self._connection = Owned(
            WebSocketConnection(reader, writer, protocol),
            release=WebSocketConnection.leave,
            abandon=WebSocketConnection.abort,
            census=self._census,
            kind="upstream_sockets",
        )
        return self._connection.resource


def _set_no_delay(transport: asyncio.BaseTransport) -> None:
    """Send small frames at once."""
    transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
