"""The one owner of the active faults of a scenario: starts them on time, heals all on leaving."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from harness.engine.links import ProxiedLink
from harness.engine.recorder import Recorder
from harness.faults.base import FAULTS, check_parameters
from harness.model.events import FaultData
from harness.model.operations import FaultPlan


@asynccontextmanager
async def disturbed(
    plans: tuple[FaultPlan, ...],
    *,
    links: Mapping[str, ProxiedLink],
    lane: str,
    run: str,
    recorder: Recorder,
) -> AsyncIterator[None]:
    """Carry out the schedule for as long as the context lasts.

    Faults without a duration are in force before the body begins. Windows that have not begun
    when it ends never do; those that are open heal.
    """
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        windows = []
        turns = {link: asyncio.Lock() for link in links}
        for plan in plans:
            fault = _in_force(plan, links[plan.link], lane, run, recorder)
            if plan.duration_ms is None:
                await stack.enter_async_context(fault)
            else:
                task = _open_window(plan.start_ms, plan.duration_ms, fault, turns[plan.link])
                windows.append(tasks.create_task(task, name=f"fault-{run}-{plan.fault}"))
        try:
            yield
        finally:
            for window in windows:
                window.cancel()


async def _open_window(
    start_ms: float,
    duration_ms: float,
    fault: AbstractAsyncContextManager[None],
    turn: asyncio.Lock,
) -> None:
    """Wait for the window, and for the one before it on this link, which may still be healing."""
    await asyncio.sleep(start_ms / 1000)
    async with turn, fault:
        await asyncio.sleep(duration_ms / 1000)


@asynccontextmanager
async def _in_force(
    plan: FaultPlan, link: ProxiedLink, lane: str, run: str, recorder: Recorder
) -> AsyncIterator[None]:
    member = FAULTS.get(plan.fault)
    check_parameters(member, plan.parameters)
    data = FaultData(
        fault=plan.fault,
        link=plan.link,
        lane=lane,
        run=run,
        parameters=plan.parameters,
        can_lose_bytes=member.can_lose_bytes,
    )
    recorder.record("network", "fault_started", data)
    try:
        async with member.enter(link, plan.parameters):
            yield
    finally:
        recorder.record("network", "fault_healed", data)
