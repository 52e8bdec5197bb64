"""One socket of the stand-in, and the way its tasks wait for each other."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

READ_BYTES = 32 * 1024  # Go's io.Copy
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # struct linger: on, 0 s


class Waiters:
    """Wakes all who wait for a change; each looks for itself whether it was the right one."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def wake(self) -> None:
        """Let everybody who waits look again."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, *others: "Waiters", seconds: float | None = None) -> None:
        """Wait for a change here or at ``others``, at most ``seconds`` long."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        timer = None if seconds is None else loop.call_later(seconds, _settle, waiter)
        for place in (self, *others):
            place._waiting.add(waiter)  # noqa: SLF001 - its own kind
        try:
            await waiter
        finally:
            for place in (self, *others):
                place._waiting.discard(waiter)  # noqa: SLF001 - as above
            if timer is not None:
                timer.cancel()


class Endpoint:
    """One socket of a connection; ``close`` may come from anywhere and wakes whoever waits."""

    def __init__(self, connected: socket.socket, on_close: Callable[[], None]) -> None:
        self.is_closed = False
        self._socket = connected
        self._on_close = on_close
        self._loop = asyncio.get_running_loop()
        self._readable = Waiters()
        self._writable = Waiters()
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def receive(self) -> bytes:
        """Return what there is, at most one read's worth; b"" at any kind of end."""
        while not self.is_closed:
            try:
                return self._socket.recv(READ_BYTES)
            except BlockingIOError:
                self._loop.add_reader(self._socket, self._readable.wake)
                await self._readable.wait()
                if not self.is_closed:
                    self._loop.remove_reader(self._socket)
            except OSError:
                return b""
        return b""

    async def send(self, data: bytes) -> bool:
        """Hand all bytes to the kernel; False if the socket ended first."""
        rest = memoryview(data)
        while rest and not self.is_closed:
            try:
                rest = rest[self._socket.send(rest) :]
            except BlockingIOError:
                self._loop.add_writer(self._socket, self._writable.wake)
                await self._writable.wait()
                if not self.is_closed:
                    self._loop.remove_writer(self._socket)
            except OSError:
                return False
        return not self.is_closed

    def end_by_reset(self) -> None:
        """Make every later close an RST; what is unsent is dropped."""
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)

    def close(self) -> None:
        """Close the socket in both directions; twice is harmless."""
        if self.is_closed:
            return
        self.is_closed = True
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._socket.close()
        self._readable.wake()
        self._writable.wake()
        self._on_close()


def _settle(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
