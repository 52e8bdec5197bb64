import pytest

from harness.faults.network_armed import network_armed
from harness.faults.network_reset import network_reset
from harness.model.errors import HarnessError
from suites.selftest.harness.linked import Linked
from suites.selftest.harness.toxiproxy.wires import CHUNK

pytestmark = [pytest.mark.io, pytest.mark.asyncio(loop_scope="module")]
NOTHING: dict[str, float] = {}


async def test_a_stream_is_reset_at_both_ends_in_the_middle_and_the_canary_with_it(
    link: Linked,
) -> None:
    async with network_armed(link.handle, NOTHING):
        ends = [await wire.join() for wire in (link.wire, link.twin)]
        for near, far in ends:
            await far.send(CHUNK)
            assert await near.receive(len(CHUNK)) == CHUNK
        async with network_reset(link.handle, NOTHING):
            for near, far in ends:
                await far.send(CHUNK)
                assert await near.receive_all() == (b"", "RST")
                assert await far.receive_all() == (b"", "RST")


async def test_a_connection_at_rest_survives_and_new_ones_work_again_still_armed(
    link: Linked,
) -> None:
    async with network_armed(link.handle, NOTHING):
        resting_near, resting_far = await link.wire.join()
        async with network_reset(link.handle, NOTHING):
            near, far = await link.wire.join()
            await far.send(CHUNK)
            assert await near.receive_all() == (b"", "RST")
        assert await link.toxics() == {"reset-downstream": 0}
        for near, far in ((resting_near, resting_far), await link.wire.join()):
            await far.send(CHUNK)
            assert await near.receive(len(CHUNK)) == CHUNK
            far.close()
            assert await near.receive_all() == (b"", "RST")


async def test_a_link_that_is_not_armed_cannot_be_reset_and_that_is_said(link: Linked) -> None:
    with pytest.raises(HarnessError, match="network_armed"):
        async with network_reset(link.handle, NOTHING):
            pass


async def test_healing_is_harmless_when_the_arming_is_gone_already(link: Linked) -> None:
    async with network_armed(link.handle, NOTHING), network_reset(link.handle, NOTHING):
        await link.handle.remove_toxic("reset-downstream")
    assert await link.toxics() == {}
