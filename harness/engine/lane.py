"""One lane: a SUT instance, its two proxied links, and the scenarios that run on it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from harness.adapters.base import ADAPTERS
from harness.engine.driver import SessionDriver
from harness.engine.hooks import Hooks
from harness.engine.links import ProxiedLink
from harness.engine.nemesis import disturbed
from harness.engine.recorder import Recorder
from harness.engine.schedule import PlannedScenario
from harness.model.clock import Clock
from harness.model.events import ScenarioData
from harness.model.operations import Barrier, Disconnect, ScenarioPlan
from harness.model.record import RunFolder
from harness.model.target import Target
from harness.sut.base import RunningSut

LAST_LOOK_S = 1.2
SESSIONS_AT_ONCE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What every lane of a run plays on, besides the processes that they share."""

    target: Target
    folder: RunFolder
    seed: int
    nonce: int
    recorder: Recorder
    clock: Clock
    finished: Callable[[str], None]
    say: Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Lane:
    """A lane that is open: plays scenarios, several at once as far as there is room."""

    name: str
    stage: Stage
    sut: RunningSut
    hooks: Hooks
    links: dict[str, ProxiedLink]
    room: asyncio.Semaphore
    door: asyncio.Lock

    async def play(self, planned: PlannedScenario) -> None:
        """Play one scenario: its sessions at once, its faults on time."""
        plan = planned.plan
        seats = min(len(plan.sessions), SESSIONS_AT_ONCE)
        async with take_seats(self.room, self.door, seats):
            self._record_start(planned)
            async with disturbed(
                plan.faults,
                links=self.links,
                lane=self.name,
                run=planned.run,
                recorder=self.stage.recorder,
            ):
                await self._play_sessions(plan)
                if _leaves_early(plan):
                    await asyncio.sleep(LAST_LOOK_S)
            self.stage.recorder.record("runner", "scenario_ended", {"run": planned.run})
        self.stage.finished(planned.plan.scenario)

    async def _play_sessions(self, plan: ScenarioPlan) -> None:
        names = {
            operation.name
            for session in plan.sessions
            for operation in session.operations
            if isinstance(operation, Barrier)
        }
        barriers = {name: asyncio.Barrier(len(plan.sessions)) for name in names}
        proxied = f"ws://127.0.0.1:{self.links['client'].proxy.listen_port}{self.sut.path}"
        direct = f"ws://{self.sut.host}:{self.sut.port}{self.sut.path}"
        factory = ADAPTERS.get(self.stage.target.adapter.name)
        async with asyncio.TaskGroup() as tasks:
            for session in plan.sessions:
                driver = SessionDriver(
                    session,
                    url=direct if session.is_direct else proxied,
                    adapter=factory(session.session),
                    nonce=self.stage.nonce,
                    recorder=self.stage.recorder,
                    clock=self.stage.clock,
                    barriers=barriers,
                    quiet_ms=self.stage.target.behaviour.quiet_ms,
                    hooks=self.hooks,
                )
                tasks.create_task(driver.run(), name=f"session-s{session.session}")

    def _record_start(self, planned: PlannedScenario) -> None:
        data = ScenarioData(
            run=planned.run,
            scenario=planned.plan.scenario,
            lane=self.name,
            isolation=planned.isolation,
            sessions=tuple(f"s{session.session}" for session in planned.plan.sessions),
            retry_of=planned.retry_of,
        )
        self.stage.recorder.record("runner", "scenario_started", data)


@asynccontextmanager
async def take_seats(
    room: asyncio.Semaphore, door: asyncio.Lock, seats: int
) -> AsyncIterator[None]:
    """Hold so many seats of the room: all or none, since two that wait for more wait for ever."""
    async with AsyncExitStack() as stack:
        async with door:
            for _ in range(seats):
                await stack.enter_async_context(room)
        yield


def _leaves_early(plan: ScenarioPlan) -> bool:
    return any(isinstance(op, Disconnect) for s in plan.sessions for op in s.operations)
