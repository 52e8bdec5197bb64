import asyncio

import pytest

from harness.engine.lane import SESSIONS_AT_ONCE, take_seats


async def test_scenarios_that_wait_for_seats_do_not_hold_each_other_up() -> None:
    room, door = asyncio.Semaphore(SESSIONS_AT_ONCE), asyncio.Lock()
    played: list[int] = []

    async def play(number: int, seats: int) -> None:
        async with take_seats(room, door, seats):
            await asyncio.sleep(0)
            played.append(number)

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        for number in range(6):
            tasks.create_task(play(number, SESSIONS_AT_ONCE - 4), name=f"play-{number}")
    assert sorted(played) == list(range(6))


async def test_seats_are_given_back_when_a_scenario_fails() -> None:
    room, door = asyncio.Semaphore(2), asyncio.Lock()
    with pytest.raises(RuntimeError):
        async with take_seats(room, door, 2):
            raise RuntimeError
    async with asyncio.timeout(1), take_seats(room, door, 2):
        pass
