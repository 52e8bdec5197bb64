"""One TCP connection of a client, and the ledger's eyes on it.

aiohttp tells a handler that its client is gone when it writes or reads next, and a stalled stream
does neither. So the protocol itself is watched: FIN is `eof_received`, a reset the exception of
`connection_lost`. A close frame is told by the one who reads the socket.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, Literal, Protocol, cast

from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage

from fake_groq.ledger import Ledger

By = Literal["peer", "own"]
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Factory = Callable[
    [RawRequestMessage, StreamReader, web.RequestHandler, AbstractStreamWriter, asyncio.Task[None]],
    web.BaseRequest,
]

WRITE_BUFFER_BYTES_MAX: Final = 32_768  # above it writers wait for the socket
# How long a connection may take to be gone: for what we buffer, and our close frame's answer.
GONE_S_MAX: Final[dict[By, float]] = {"peer": 5.0, "own": 10.0}
MS_PER_S: Final = 1000
_NO_LINGER: Final = struct.pack("ii", 1, 0)


class PeerLeft(Exception):
    """Ends the tasks of a connection whose client is gone."""


class NothingFollows(ConnectionResetError):
    """Our own close frame is out: whatever would be said behind it is not."""


class Occupant(Protocol):
    """What holds the connection at the moment: an upstream stream."""

    def release(self, by: By, how: str) -> None:
        """Note who let go of the stream, and how; only the first call counts."""

    def snapshot(self) -> dict[str, object]:
        """Return what it is and how far it has come."""


class Wire(web.RequestHandler):
    """A connection: who let go of it first, and how, in the ledger exactly once."""

    def __init__(self, server: "WireServer", loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(server, loop=loop, access_log=None)  # type: ignore[arg-type] # None: off
        self._server = server
        self.number = server.next_number()
        self.departed = asyncio.Event()  # set when the peer let go, or nothing is left to let go of
        self.gone = asyncio.Event()
        self._room = asyncio.Event()  # set while there is room in the buffer, or no connection
        self._room.set()
        self.occupant: Occupant | None = None
        self.linger_ms = 0.0  # how much longer than usual it may take to be gone
        self.down_ms = 0.0  # how long nobody can connect once this connection is gone
        self._parting: tuple[By, str] | None = None
        self._socket: asyncio.Transport | None = None
        self._limit: asyncio.TimerHandle | None = None
        self._profile: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Enter the connection in the ledger; its profile is known with its first request."""
        transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES_MAX)
        self._socket = transport
        peer = transport.get_extra_info("peername")
        self._server.admit(self)
        self._server.ledger.write(
            "socket_opened",
            {"socket": self.number, "profile": None, "peer_port": peer[1] if peer else None},
        )
        super().connection_made(transport)

    def eof_received(self) -> None:
        """Take the FIN of the client: it lets go, also where it only half-closes."""
        self.part("peer", "fin")
        super().eof_received()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Note that the connection is gone: the last thing that happens to it."""
        self.part(*(("own", "fin") if exc is None else ("peer", "rst")))
        assert self._parting is not None
        by, how = self._parting
        data = {"socket": self.number, "by": by, "how": how}
        self._server.ledger.write("socket_closed", data)
        self._server.forget(self)
        if self._limit is not None:
            self._limit.cancel()
        self._socket = None
        self._room.set()
        self.departed.set()
        self.gone.set()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Take note that the buffer is full."""
        self._room.clear()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Let go on whoever waits for room."""
        self._room.set()
        super().resume_writing()

    def use(self, profile: str) -> None:
        """Note what the connection is used for: http, ws or control."""
        if self._profile is None:
            self._profile = profile
            data = {"socket": self.number, "profile": profile}
            self._server.ledger.write("socket_named", data)

    def part(self, by: By, how: str) -> None:
        """Note who lets go of the connection, and how; the first to do so has done it."""
        if by == "peer":
            self.departed.set()
        if self._parting is not None:
            return
        self._parting = (by, how)
        if self.occupant is not None:
            self.occupant.release(by, how)
        if self._socket is not None:
            loop = asyncio.get_running_loop()
            limit_s = GONE_S_MAX[by] + self.linger_ms / MS_PER_S
            self._limit = loop.call_later(limit_s, self._socket.abort)

    def write(self, data: bytes) -> None:
        """Write bytes past all framing.

        Raises:
            ConnectionError: the connection is gone.
        """
        if self._socket is None or self._socket.is_closing():
            raise ConnectionResetError("The connection is gone.")
        self._socket.write(data)

    def half_close(self) -> None:
        """Send a FIN behind what is buffered, and read on."""
        if self._socket is None:
            return
        if self._socket.can_write_eof():
            self._socket.write_eof()
        else:  # TLS has no half of a connection to close
            self.hang_up()

    @property
    def has_parted(self) -> bool:
        """Whether somebody has let go of the connection."""
        return self._parting is not None

    def hang_up(self, how: str = "fin") -> None:
        """Close the connection from our side, by FIN."""
        self.part("own", how)
        if self._socket is not None:
            self._socket.close()

    def reset(self) -> None:
        """Drop the connection by a TCP reset, whatever is still buffered."""
        self.part("own", "rst")
        if self._socket is not None:
            endpoint = self._socket.get_extra_info("socket")
            endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self._socket.abort()

    @property
    def queued_bytes(self) -> int:
        """How much of what was written has not reached the kernel yet."""
        return 0 if self._socket is None else self._socket.get_write_buffer_size()

    @property
    def is_full(self) -> bool:
        """Whether a writer should wait for room in the buffer."""
        return not self._room.is_set()

    async def drained(self) -> None:
        """Wait until there is room in the buffer; any number of tasks may, and be cancelled.

        Raises:
            ConnectionError: the connection is gone.
        """
        await self._room.wait()
        if self._socket is None:
            raise ConnectionResetError("The connection is gone.")

    async def gone_within(self, wait_ms: float) -> None:
        """Wait until the connection is gone, but no longer than that."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_ms / MS_PER_S):
                await self.gone.wait()

    async def while_there(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` to its end, or until the peer has let go of the connection."""
        try:
            async with asyncio.TaskGroup() as tasks:
                watch = tasks.create_task(self._await_departure(), name=f"watch-{self.number}")
                await work
                watch.cancel()
        except* (PeerLeft, ConnectionError):
            pass

    async def _await_departure(self) -> None:
        await self.departed.wait()
        raise PeerLeft


class WireServer(web.Server):
    """aiohttp's server with our connections; `wires` are those that are open."""

    def __init__(self, handler: Handler, *, ledger: Ledger, request_factory: Factory) -> None:
        super().__init__(handler, request_factory=request_factory)
        self.ledger = ledger
        self.wires: set[Wire] = set()
        self._number = 0
        self._empty = asyncio.Event()
        self._empty.set()

    def __call__(self) -> Wire:
        """Return the protocol for a new connection."""
        return Wire(self, self._loop)

    def admit(self, wire: Wire) -> None:
        """Take a connection into `wires`."""
        self.wires.add(wire)
        self._empty.clear()

    def next_number(self) -> int:
        """Return the number of a new connection; they count from 1."""
        self._number += 1
        return self._number

    def forget(self, wire: Wire) -> None:
        """Take a connection out of `wires`."""
        self.wires.discard(wire)
        if not self.wires:
            self._empty.set()

    async def hang_up_all(self, deadline_s: float) -> None:
        """Close all connections, those that linger by force, and wait until they are gone."""
        for wire in tuple(self.wires):
            wire.hang_up("shutdown")
        if not await self._all_gone(deadline_s):
            for wire in tuple(self.wires):
                wire.reset()
            await self._all_gone(deadline_s)

    async def _all_gone(self, deadline_s: float) -> bool:
        try:
            async with asyncio.timeout(deadline_s):
                await self._empty.wait()
        except TimeoutError:
            return False
        return True
