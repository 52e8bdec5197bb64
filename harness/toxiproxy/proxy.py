"""A proxy of the stand-in: a listener, its upstream, its toxics and its live connections."""

import asyncio
import random
import socket
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from harness.toxiproxy.link import Connection, Link, Spawn, Toxic

BACKLOG = 4096
STREAMS = ("upstream", "downstream")


class Proxy:
    """One named link between whoever connects to ``listen`` and ``upstream``."""

    def __init__(
        self, *, name: str, listen: str, upstream: str, spawn: Spawn, chance: random.Random
    ) -> None:
        self.name = name
        self.listen = listen
        self.upstream = upstream
        self.is_enabled = False
        self._toxics: list[Toxic] = []
        self._spawn = spawn
        self._chance = chance
        self._listener: socket.socket | None = None
        self._connections: set[Connection] = set()
        self._change = asyncio.Lock()  # changes of the chain come one after another

    @property
    def toxics(self) -> list[Toxic]:
        """Return the toxics as the real server lists them: upstream first, then in order."""
        return sorted(self._toxics, key=lambda toxic: STREAMS.index(toxic.stream))

    async def start(self) -> None:
        """Listen; port 0 becomes the port that was found and stays.

        Raises:
            OSError: the address is no address, or taken.
        """
        if self.is_enabled:
            return
        listener = await _listener(self.listen)
        host, port = listener.getsockname()[:2]
        self.listen = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._listener = listener
        self.is_enabled = True
        asyncio.get_running_loop().add_reader(listener, self._accept, listener)

    def stop(self) -> None:
        """Refuse new connections and close the live ones; what is inside is lost."""
        listener, self._listener = self._listener, None
        self.is_enabled = False
        if listener is not None:
            asyncio.get_running_loop().remove_reader(listener)
            listener.close()
        for connection in tuple(self._connections):
            connection.close()

    async def update(self, *, listen: str, upstream: str, is_enabled: bool) -> None:
        """Change what differs; another address cuts all connections.

        Raises:
            OSError: as ``start``; the proxy is then stopped, at its new address.
        """
        if (listen, upstream) != (self.listen, self.upstream):
            self.stop()
            self.listen, self.upstream = listen, upstream
        if is_enabled:
            await self.start()
        else:
            self.stop()

    async def add(self, toxic: Toxic) -> None:
        """Add a toxic behind those of its direction, also on live connections."""
        async with self._change:
            self._toxics.append(toxic)
            await _together(link.add(toxic) for link in self._links(toxic))

    async def change(self, toxic: Toxic) -> None:
        """Let live connections see the new settings of a toxic."""
        async with self._change:
            await _together(link.update(toxic) for link in self._links(toxic))

    async def remove(self, toxic: Toxic) -> None:
        """Take a toxic out, also of live connections."""
        async with self._change:
            self._toxics.remove(toxic)
            await _together(link.remove(toxic) for link in self._links(toxic))

    def _links(self, toxic: Toxic) -> list[Link]:
        return [connection.links[toxic.stream] for connection in self._connections]

    def _accept(self, listener: socket.socket) -> None:
        try:
            client, _ = listener.accept()
        except OSError:  # it left again
            return
        self._spawn(self._connect(client, listener), name=f"connect-{self.name}")

    async def _connect(self, client: socket.socket, listener: socket.socket) -> None:
        client.setblocking(False)  # noqa: FBT003 - the library's own signature
        try:
            upstream = await _connected(self.upstream)
        except OSError:
            client.close()
            return
        async with self._change:  # no link begins while a toxic is half added
            if self._listener is not listener:  # stopped meanwhile
                client.close()
                upstream.close()
                return
            self._connections.add(
                Connection(
                    client,
                    upstream,
                    toxics=self._toxics,
                    spawn=self._spawn,
                    chance=self._chance,
                    on_end=self._connections.discard,
                )
            )


async def _together(changes: Iterable[Coroutine[Any, Any, None]]) -> None:
    async with asyncio.TaskGroup() as tasks:
        for change in changes:
            tasks.create_task(change)


async def _listener(address: str) -> socket.socket:
    def bound(family: socket.AddressFamily, place: tuple[Any, ...]) -> socket.socket:
        return socket.create_server(place, family=family, backlog=BACKLOG)

    listener = await _first(address, bound)
    listener.setblocking(False)  # noqa: FBT003 - as above
    return listener


async def _connected(address: str) -> socket.socket:
    def unconnected(family: socket.AddressFamily, _place: tuple[Any, ...]) -> socket.socket:
        return socket.socket(family, socket.SOCK_STREAM)

    found = await _first(address, unconnected)
    found.setblocking(False)  # noqa: FBT003 - as above
    try:
        await asyncio.get_running_loop().sock_connect(found, _split(address))
    except BaseException:
        found.close()
        raise
    return found


async def _first(
    address: str, make: Callable[[socket.AddressFamily, tuple[Any, ...]], socket.socket]
) -> socket.socket:
    host, port = _split(address)
    loop = asyncio.get_running_loop()
    places = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, _, _, _, place = places[0]
    return make(family, place)


def _split(address: str) -> tuple[str, int]:
    """Return host and port; an address without a host is loopback, never all interfaces."""
    host, _, port = address.rpartition(":")
    if not port.isdigit() or int(port) > 65_535:
        raise OSError(f"address {address!r} is not HOST:PORT")
    return host.strip("[]") or "127.0.0.1", int(port)
