"""One owner, one release, whoever calls and however often."""

import asyncio

import pytest

from reference_impl.ownership import Census, Owned, Partings, Released


class Door:
    """A resource that remembers how it was given back; `polite` lets the release end."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.polite = asyncio.Event()

    async def release(self) -> None:
        self.said.append("release")
        await self.polite.wait()

    def abandon(self) -> None:
        self.said.append("abandon")


def owned(door: Door, census: Census) -> Owned[Door]:
    return Owned(door, release=Door.release, abandon=Door.abandon, census=census, kind="doors")


async def test_three_releases_at_once_release_once() -> None:
    door, census = Door(), Census()
    holder = owned(door, census)
    async with asyncio.TaskGroup() as tasks:
        calls = [tasks.create_task(holder.release(deadline_s=1)) for _ in range(3)]
        door.polite.set()
    assert sorted(call.result() for call in calls) == [False, False, True]
    assert door.said == ["release"]
    assert census.held["doors"] == 0
    assert not holder.abandon()


async def test_the_resource_is_claimed_before_the_first_await() -> None:
    door, census = Door(), Census()
    holder = owned(door, census)
    assert holder.resource is door
    releasing = holder.release(deadline_s=1)
    releasing.send(None)  # up to the first await
    assert not holder.is_held
    releasing.close()
    assert door.said == ["release", "abandon"]
    with pytest.raises(Released):
        _ = holder.resource


async def test_a_late_release_is_cut_short() -> None:
    door, census = Door(), Census()
    assert await owned(door, census).release(deadline_s=0.01)
    assert door.said == ["release", "abandon"]
    assert census.held["doors"] == 0


async def test_a_cancelled_release_abandons() -> None:
    door, census = Door(), Census()
    holder = owned(door, census)
    async with asyncio.TaskGroup() as tasks:
        releasing = tasks.create_task(holder.release(deadline_s=10))
        await asyncio.sleep(0)
        releasing.cancel()
    assert door.said == ["release", "abandon"]
    assert census.held["doors"] == 0


async def test_a_transfer_leaves_the_first_owner_with_nothing() -> None:
    door, census = Door(), Census()
    first = owned(door, census)
    second = first.transfer()
    assert second is not None
    assert first.transfer() is None
    assert not first.abandon()
    assert not await first.release(deadline_s=1)
    assert census.held["doors"] == 1
    assert second.abandon()
    assert census.held["doors"] == 0


async def test_partings_wait_in_the_place_of_the_owner() -> None:
    door, census = Door(), Census()
    async with Partings(deadline_s=10) as partings:
        holder = owned(door, census)
        partings.admit(holder)
        partings.admit(holder)
        assert not holder.is_held
        assert census.held["doors"] == 1
        door.polite.set()
    assert door.said == ["release"]
    assert census.held["doors"] == 0


async def test_cancelled_partings_abandon_even_what_they_have_not_begun() -> None:
    begun, not_begun, census = Door(), Door(), Census()

    async def part() -> None:
        async with Partings(deadline_s=10) as partings:
            partings.admit(owned(begun, census))
            await asyncio.sleep(0)
            partings.admit(owned(not_begun, census))
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await part()
    assert begun.said == ["release", "abandon"]
    assert not_begun.said[-1] == "abandon"
    assert census.held["doors"] == 0


def test_the_census_counts_what_is_held_for_a_block() -> None:
    census = Census()
    with census.holding("streams"):
        assert census.held["streams"] == 1
    assert census.held["streams"] == 0
