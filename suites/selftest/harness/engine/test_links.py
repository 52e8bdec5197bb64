import pytest

from suites.selftest.harness.linked import Linked
from suites.selftest.harness.toxiproxy.wires import CHUNK

pytestmark = [pytest.mark.io, pytest.mark.asyncio(loop_scope="module")]


async def test_a_toxic_meets_the_link_and_its_twin(link: Linked) -> None:
    await link.handle.add_toxic("hold", "bandwidth", "downstream", {"rate": 0})
    ends = [await wire.join() for wire in (link.wire, link.twin)]
    for near, far in ends:
        await far.send(CHUNK)
        assert await near.hears_nothing()
    await link.handle.remove_toxic("hold")
    await link.handle.remove_toxic("hold")
    for near, _ in ends:
        assert await near.receive(len(CHUNK)) == CHUNK


async def test_a_toxic_that_bites_nobody_begins_to_bite_and_stops_again(link: Linked) -> None:
    await link.handle.add_toxic("hold", "bandwidth", "downstream", {"rate": 0}, toxicity=0)
    near, far = await link.wire.join()
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK
    assert await link.handle.set_toxicity("hold", 1)
    await far.send(CHUNK)
    assert await near.hears_nothing()
    assert await link.handle.set_toxicity("hold", 0)
    assert await near.receive(len(CHUNK)) == CHUNK


async def test_the_toxicity_of_what_is_gone_cannot_be_set(link: Linked) -> None:
    assert not await link.handle.set_toxicity("hold", 1)
