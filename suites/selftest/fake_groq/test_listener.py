"""The listening socket that goes away and comes back; see the fault `refused_connection` too."""

import asyncio

import pytest

from suites.selftest.fake_groq.raw import ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

AWAY = {"match": {"session": 1}, "behaviour": {"faults": ["refused_connection"]}}


async def test_it_comes_back_on_the_same_port_and_says_so() -> None:
    async with fake() as server:
        server.running.service.rulebook.update({"rules": [AWAY]})
        kept = await server.connected()
        await ws(server)
        closed = await server.wait_for("listener_closed", down_ms=1000)
        opened = await server.wait_for("listener_opened", port=server.running.port)
        assert opened["at_ns"] - closed["at_ns"] > 990e6
        for peer in (kept, await server.connected()):  # connections that are open stay
            peer.writer.write(b"GET /__control__/healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await peer.reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200")


async def test_the_fake_can_be_stopped_while_it_is_away() -> None:
    rule = {**AWAY, "behaviour": {"faults": [{"name": "refused_connection", "down_ms": 60_000}]}}
    async with fake() as server:
        server.running.service.rulebook.update({"rules": [rule]})
        await ws(server)
        await server.wait_for("listener_closed")
        begun_s = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - begun_s < 30
