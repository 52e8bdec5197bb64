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
        async with budget.running():
            await asyncio.Event().wait()
    assert budget.due_at() == due_at  # waiting again does not move it
    assert asyncio.get_running_loop().time() >= due_at


async def test_each_byte_starts_the_idle_time_anew() -> None:
    budget = CompletionBudget(first_byte_ms=1, idle_ms=10_000)
    budget.opened()
    budget.byte_arrived()
    async with budget.running():
        await asyncio.sleep(0.01)  # longer than the first byte had
    assert budget.due_at() - asyncio.get_running_loop().time() > 9


async def test_a_failure_inside_is_no_silence() -> None:
    budget = CompletionBudget(first_byte_ms=1000, idle_ms=1000)
    budget.opened()
    with pytest.raises(ConnectionResetError):
        async with budget.running():
            raise ConnectionResetError
