import time

import pytest

from harness.faults.network_latency import network_latency
from suites.selftest.harness.linked import Linked
from suites.selftest.harness.toxiproxy.wires import SLACK_S

pytestmark = [pytest.mark.io, pytest.mark.asyncio(loop_scope="module")]


async def test_every_byte_is_late_each_way_for_the_canary_too(link: Linked) -> None:
    async with network_latency(link.handle, {"latency_ms": 80}):
        for wire in (link.wire, link.twin):
            near, far = await wire.join()
            began = time.monotonic()
            await near.send(b"up")
            await far.send(await far.receive(2))
            assert await near.receive(2) == b"up"
            assert 0.159 <= time.monotonic() - began < 0.16 + SLACK_S
    assert await link.toxics() == {}
