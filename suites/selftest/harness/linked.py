"""A proxied link with its twin, and both ends of the connections through each of them."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest_asyncio

from harness.engine.links import ProxiedLink, proxied_link
from harness.toxiproxy.client import Proxy, ToxiproxyClient
from suites.selftest.harness.toxiproxy.conftest import client, server
from suites.selftest.harness.toxiproxy.wires import DEADLINE_S, NUMBERS, Wire

__all__ = ["Linked", "client", "link", "server"]


@dataclass
class Linked:
    """The link that a fault gets, and what the SUT (``wire``) and the canary (``twin``) see."""

    handle: ProxiedLink
    wire: Wire
    twin: Wire

    async def toxics(self) -> dict[str, float]:
        """Return name and toxicity of every toxic of the link; the twin must have the same."""
        found, twins = [await self._toxics_of(wire) for wire in (self.wire, self.twin)]
        assert found == twins
        return found

    async def until_bites(self, name: str) -> None:
        """Wait until the toxic is in force on both; link and twin change one after the other."""
        async with asyncio.timeout(DEADLINE_S):
            for wire in (self.wire, self.twin):
                while (await self._toxics_of(wire)).get(name) != 1:
                    pass

    async def _toxics_of(self, wire: Wire) -> dict[str, float]:
        return {toxic.name: toxic.toxicity for toxic in await wire.call(wire.api.toxics)}


@asynccontextmanager
async def _wire(api: ToxiproxyClient, proxy: Proxy, listener: socket.socket) -> AsyncIterator[Wire]:
    wire = Wire(api, proxy, listener, [])
    try:
        yield wire
    finally:
        for end in wire.ends:
            end.close()


@pytest_asyncio.fixture(loop_scope="module")
async def link(client: ToxiproxyClient) -> AsyncIterator[Linked]:
    """Yield a link whose two listeners are those of the test."""
    async with AsyncExitStack() as stack:
        listeners = []
        for _ in range(2):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            listener.setblocking(False)
            listeners.append(listener)
        places = [f"127.0.0.1:{listener.getsockname()[1]}" for listener in listeners]
        name = f"link-{next(NUMBERS)}"
        handle = await stack.enter_async_context(
            proxied_link(client, name=name, upstream=places[0], canary=places[1])
        )
        proxies = (handle.proxy, handle.twin)
        wires = [
            await stack.enter_async_context(_wire(client, proxy, listener))
            for proxy, listener in zip(proxies, listeners, strict=True)
        ]
        yield Linked(handle, *wires)
