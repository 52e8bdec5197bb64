"""Both ends of a proxied connection, and the bare HTTP API, for the contract of the proxy."""

import asyncio
import itertools
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import requests

from harness.toxiproxy.client import Proxy, ToxiproxyClient
from harness.toxiproxy.server import ToxiproxyServer

DEADLINE_S = 10.0
CHUNK = bytes(range(256)) * 15  # 3840 B: 80 ms of audio
QUIET_S = 0.15  # long enough to say "nothing came"
SLACK_S = 0.5  # how late a busy machine may be

T = TypeVar("T")


class End:
    """One end of a connection, with the kernel's own words on how it ended."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = connected
        self.got = b""

    async def send(self, data: bytes) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def receive(self, count: int) -> bytes:
        """Return exactly ``count`` further bytes."""
        data = b""
        async with asyncio.timeout(DEADLINE_S):
            while len(data) < count:
                part = await asyncio.get_running_loop().sock_recv(self.socket, count - len(data))
                assert part, f"the end came after {len(data)} of {count} B"
                data += part
        return data

    async def receive_all(self) -> tuple[bytes, str]:
        """Return what comes until the end, and how it ends."""
        data = b""
        async with asyncio.timeout(DEADLINE_S):
            try:
                while part := await asyncio.get_running_loop().sock_recv(self.socket, 65536):
                    data += part
            except ConnectionResetError:
                return data, "RST"
        return data, "FIN"

    async def hears_nothing(self, seconds: float = QUIET_S) -> bool:
        """Return whether neither bytes nor an end come within ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                await asyncio.get_running_loop().sock_recv(self.socket, 1)
        except TimeoutError:
            return True
        return False

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self) -> None:
        self.socket.close()


@dataclass
class Wire:
    """A proxy, the server behind it, and every end that was opened."""

    api: ToxiproxyClient
    proxy: Proxy
    listener: socket.socket
    ends: list[End]

    async def call(self, function: Callable[..., T], *args: object, **kwargs: object) -> T:
        async with asyncio.timeout(DEADLINE_S):
            return await asyncio.to_thread(function, self.proxy, *args, **kwargs)

    async def add(self, kind: str, stream: str = "downstream", **attributes: int) -> None:
        await self.call(self.api.add_toxic, kind, kind, stream, attributes)

    async def remove(self, name: str) -> None:
        assert await self.call(self.api.remove_toxic, name)

    async def join(self, port: int | None = None) -> tuple[End, End]:
        """Connect through the proxy; return client's end and server's end."""
        near = await self.knock(port)
        async with asyncio.timeout(DEADLINE_S):
            accepted, _ = await asyncio.get_running_loop().sock_accept(self.listener)
        far = End(accepted)
        self.ends.append(far)
        return near, far

    async def knock(self, port: int | None = None) -> End:
        near = End(socket.socket())
        self.ends.append(near)
        place = ("127.0.0.1", port or self.proxy.listen_port)
        async with asyncio.timeout(DEADLINE_S):
            await asyncio.get_running_loop().sock_connect(near.socket, place)
        return near


NUMBERS = itertools.count()


class Raw:
    """The API without our client's care."""

    def __init__(self, server: ToxiproxyServer) -> None:
        self._url = f"http://{server.host}:{server.port}"
        self._session = requests.Session()
        self._session.trust_env = False

    def __call__(self, method: str, path: str, body: object = None, data: str | None = None) -> Any:  # noqa: ANN401 - JSON
        answer = self._session.request(
            method, self._url + path, json=body, data=data, timeout=DEADLINE_S
        )
        try:
            return answer.status_code, answer.json()
        except ValueError:
            return answer.status_code, answer.text

    def close(self) -> None:
        self._session.close()
