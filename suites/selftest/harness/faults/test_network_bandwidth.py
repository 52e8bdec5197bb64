import time

import pytest

from harness.faults.network_bandwidth import network_bandwidth
from suites.selftest.harness.linked import Linked
from suites.selftest.harness.toxiproxy.wires import CHUNK, SLACK_S

pytestmark = [pytest.mark.io, pytest.mark.asyncio(loop_scope="module")]


async def test_a_chunk_takes_as_long_as_its_size_needs_each_way_for_the_canary_too(
    link: Linked,
) -> None:
    async with network_bandwidth(link.handle, {"rate_kb_per_s": 48}):
        for wire in (link.wire, link.twin):
            near, far = await wire.join()
            began = time.monotonic()
            await far.send(CHUNK)
            assert await near.receive(len(CHUNK)) == CHUNK
            await near.send(CHUNK)
            assert await far.receive(len(CHUNK)) == CHUNK
            assert 0.158 <= time.monotonic() - began < 0.16 + SLACK_S


async def test_it_bites_connections_that_are_there_and_lets_all_go_when_it_is_over(
    link: Linked,
) -> None:
    near, far = await link.wire.join()
    async with network_bandwidth(link.handle, {"rate_kb_per_s": 10}):
        await far.send(CHUNK * 10)
        first = await near.receive(1)
    assert first + await near.receive(len(CHUNK) * 10 - 1) == CHUNK * 10
    assert await link.toxics() == {}
    await link.handle.remove_toxic("bandwidth-downstream")  # healing once more harms nobody
