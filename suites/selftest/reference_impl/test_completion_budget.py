"""The completion budget: silence counts, and only while somebody waits for the upstream."""

import asyncio

import pytest

from reference_impl.completion_budget import BudgetExpired, CompletionBudget


async def test_the_first_byte_has_a_deadline_from_the_opening() -> None:
    budget = CompletionBudget(first_byte_ms=20, idle_ms=10_000)
    assert not budget.is_opened
    budget.opened()
    assert budget.is_opened
    due_at = budget.due_at()
    with pytest.raises(BudgetExpired):
        await budget.wait_for(asyncio.Event().wait)
    assert budget.due_at() == due_at  # waiting again does not move it
    assert asyncio.get_running_loop().time() >= due_at


async def test_each_byte_starts_the_idle_time_anew() -> None:
    budget = CompletionBudget(first_byte_ms=1, idle_ms=10_000)
    budget.opened()
    budget.byte_arrived()
    await budget.wait_for(lambda: asyncio.sleep(0.01))  # longer than the first byte had
    assert budget.due_at() - asyncio.get_running_loop().time() > 9


async def test_a_failure_inside_is_no_silence() -> None:
    budget = CompletionBudget(first_byte_ms=1000, idle_ms=1000)
    budget.opened()

    async def receive() -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await budget.wait_for(receive)


async def test_what_has_come_when_the_budget_runs_out_is_in_time() -> None:
    budget = CompletionBudget(first_byte_ms=1, idle_ms=0)
    budget.opened()
    budget.byte_arrived()
    reader = asyncio.StreamReader()
    asyncio.get_running_loop().call_soon(reader.feed_data, b"late, but not theirs")
    assert await budget.wait_for(lambda: reader.read(100)) == b"late, but not theirs"
    with pytest.raises(BudgetExpired):
        await budget.wait_for(lambda: reader.read(100))
