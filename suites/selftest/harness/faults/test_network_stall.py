import pytest

from harness.faults.network_stall import network_stall
from suites.selftest.harness.linked import Linked
from suites.selftest.harness.toxiproxy.wires import CHUNK

pytestmark = [pytest.mark.io, pytest.mark.asyncio(loop_scope="module")]


async def test_nothing_passes_either_way_and_all_of_it_comes_after_the_heal(link: Linked) -> None:
    ends = [await wire.join() for wire in (link.wire, link.twin)]
    async with network_stall(link.handle, {"duration_ms": 300}):
        for near, far in ends:
            await far.send(CHUNK)
            await near.send(b"up")
            assert await near.hears_nothing()
            assert await far.hears_nothing()
    assert await link.toxics() == {}
    for near, far in ends:
        assert await near.receive(len(CHUNK)) == CHUNK
        assert await far.receive(2) == b"up"
