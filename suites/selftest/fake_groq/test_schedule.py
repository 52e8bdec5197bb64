import asyncio
import gc
from collections.abc import Callable

import pytest

from fake_groq.schedule import Schedule
from fake_groq.steps import Fail, Head, Send, Stall, Step, Wait

SLACK_S = 0.5  # a busy machine may be so much later than was planned

FAIL = Fail(how="at last")


def piece(number: int) -> Send:
    return Send(data=bytes([number]))


def numbers(pieces: list[Send]) -> list[int]:
    return [one.data[0] for one in pieces]


async def run_out(schedule: Schedule) -> list[Step]:
    steps = []
    while (step := await schedule.next()) is not None:
        steps.append(step)
    return steps


def into(written: list[Send]) -> Callable[[Send], bool]:
    def write(one: Send) -> bool:
        written.append(one)
        return True

    return write


async def test_pieces_are_written_and_all_else_is_returned_in_order() -> None:
    story: list[Step] = []
    steps = (Head(), piece(1), Wait(ms=1), piece(2), FAIL, piece(3))
    schedule = Schedule(steps, into(story))  # type: ignore[arg-type] # it takes more
    while (step := await schedule.next()) is not None:
        story.append(step)
    assert story == [Head(), piece(1), piece(2), FAIL, piece(3)]


async def test_no_steps_are_no_schedule() -> None:
    assert await Schedule((), into([])).next() is None
    assert await Schedule((Wait(ms=1), Wait(ms=1)), into([])).next() is None


async def test_waits_add_up_whatever_was_late() -> None:
    loop = asyncio.get_running_loop()
    at: list[float] = []

    def write(_: Send) -> bool:
        at.append(loop.time())
        return True

    paced = (Wait(ms=20), piece(0)) * 10
    begun = loop.time()
    await run_out(Schedule((*paced, Stall(ms=50, fault="x"), piece(0)), write))
    planned = [0.02 * number for number in range(1, 11)] + [0.25]
    late = [time - begun - due for time, due in zip(at, planned, strict=True)]
    assert all(0 <= one < SLACK_S for one in late), late


async def test_what_is_not_paced_lets_others_have_their_turn() -> None:
    both: list[Send] = []
    first = Schedule(tuple(piece(number) for number in (1, 2, 3)), into(both))
    second = Schedule(tuple(piece(number) for number in (11, 12, 13)), into(both))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_out(first))
        tasks.create_task(run_out(second))
    assert numbers(both) == [1, 11, 2, 12, 3, 13]


async def test_a_piece_without_room_is_returned_once_and_the_rest_waits() -> None:
    written: list[Send] = []

    def write(one: Send) -> bool:
        written.append(one)
        return len(written) != 2

    schedule = Schedule((piece(1), piece(2), piece(3), FAIL), write)
    assert await schedule.next() == piece(2)
    assert numbers(written) == [1, 2]
    assert await schedule.next() == FAIL
    assert numbers(written) == [1, 2, 3]


@pytest.mark.parametrize("place", [1, 2, 3])
async def test_an_exception_of_the_writer_is_raised_to_the_task(place: int) -> None:
    def write(one: Send) -> bool:
        if one == piece(place):
            raise ConnectionResetError("The client is gone.")
        return True

    schedule = Schedule((piece(1), piece(2), piece(3)), write)
    with pytest.raises(ConnectionResetError, match="gone"):
        await schedule.next()


async def test_a_cancel_stops_the_writing_and_leaves_no_timer() -> None:
    written: list[Send] = []
    steps = (piece(1), Wait(ms=10), piece(2), Wait(ms=10_000), piece(3))
    await cancelled_behind(2, steps, written)
    assert numbers(written) == [1, 2]
    timers = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]
    assert all(timer.cancelled() for timer in timers)


async def test_a_piece_that_is_due_in_the_turn_of_the_cancel_is_not_written() -> None:
    written: list[Send] = []
    await cancelled_behind(1, (piece(1), piece(2)), written)
    assert numbers(written) == [1]


async def cancelled_behind(number: int, steps: tuple[Step, ...], written: list[Send]) -> None:
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        task = tasks.create_task(run_out(Schedule(steps, into(written))))
        while len(written) < number:
            await asyncio.sleep(0)
        task.cancel()


@pytest.mark.parametrize("is_at_once", [True, False])
@pytest.mark.parametrize("fails", [True, False])
async def test_a_cancel_by_what_a_piece_does_leaves_nothing_to_complain_of(
    *, is_at_once: bool, fails: bool
) -> None:
    complaints: list[object] = []
    written: list[Send] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, told: complaints.append(told))

    def write(one: Send) -> bool:
        written.append(one)
        if is_at_once:
            task.cancel()
        else:
            loop.call_soon(task.cancel)
        if fails:
            raise ConnectionResetError("The client is gone.")
        return True

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(run_out(Schedule((piece(1), Wait(ms=1), piece(2)), write)))
    gc.collect()
    assert (complaints, numbers(written)) == ([], [1])
