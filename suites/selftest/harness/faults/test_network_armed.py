import pytest

from harness.faults.network_armed import network_armed
from suites.selftest.harness.linked import Linked
from suites.selftest.harness.toxiproxy.wires import CHUNK

pytestmark = [pytest.mark.io, pytest.mark.asyncio(loop_scope="module")]


async def test_bytes_pass_both_ways_and_only_the_end_is_another_one(link: Linked) -> None:
    async with network_armed(link.handle, {}):
        near, far = await link.wire.join()
        await far.send(CHUNK)
        assert await near.receive(len(CHUNK)) == CHUNK
        await near.send(b"up")
        assert await far.receive(2) == b"up"
        far.close()
        assert await near.receive_all() == (b"", "RST")


async def test_what_began_before_or_after_it_ends_as_ever(link: Linked) -> None:
    before_near, before_far = await link.wire.join()
    async with network_armed(link.handle, {}):
        assert await link.toxics() == {"reset-downstream": 0}
        before_far.close()
        assert await before_near.receive_all() == (b"", "FIN")
    assert await link.toxics() == {}
    near, far = await link.wire.join()
    far.close()
    assert await near.receive_all() == (b"", "FIN")
