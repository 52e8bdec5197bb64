"""Opens a lane: links, SUT, and the watches over both; closes all in reverse."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from harness.adapters.base import ADAPTERS
from harness.engine.canary import watch_link
from harness.engine.environment import Environment
from harness.engine.hooks import Hooks, open_hooks
from harness.engine.lane import SESSIONS_AT_ONCE, Lane, Stage
from harness.engine.links import ProxiedLink, proxied_link
from harness.engine.ports import reserved_port
from harness.engine.recorder import Recorder
from harness.model.clock import Clock
from harness.model.events import HookData, LaneData
from harness.probes.log_file import LogProbe
from harness.probes.process_tree import ProcessTreeProbe
from harness.sut.base import SUTS, RunningSut, SutContext

SAMPLE_EVERY_S = 0.25
UPSTREAM_PATH = "/v1/audio/speech/stream"


@asynccontextmanager
async def open_lane(name: str, *, environment: Environment, stage: Stage) -> AsyncIterator[Lane]:
    """Yield a lane that is ready to play."""
    target = stage.target
    async with AsyncExitStack() as stack:
        upstream_link = await stack.enter_async_context(
            proxied_link(
                environment.proxies,
                name=f"{environment.token}-{name}-upstream",
                upstream=environment.upstream.address,
                canary=environment.canary,
                listen=target.upstream.listen or "127.0.0.1:0",
            )
        )
        context = SutContext(
            target=target,
            lane=name,
            placeholders=_placeholders(upstream_link.proxy.listen_port, stage),
            logs=stage.folder.logs,
            spawn=environment.guardian.spawn,
            reserve_port=reserved_port,
        )
        starter = SUTS.get("remote" if target.is_remote else "child_process")
        sut = await stack.enter_async_context(starter(context))
        client_link = await stack.enter_async_context(
            proxied_link(
                environment.proxies,
                name=f"{environment.token}-{name}-client",
                upstream=f"{sut.host}:{sut.port}",
                canary=environment.canary,
            )
        )
        links = {"client": client_link, "upstream": upstream_link}
        hooks = await stack.enter_async_context(
            open_hooks(cleanup=sut.hooks.cleanup, resources=sut.hooks.resources)
        )
        async with _watched(name, sut, hooks, links, stage):
            room = asyncio.Semaphore(SESSIONS_AT_ONCE)
            door = asyncio.Lock()
            yield Lane(
                name=name, stage=stage, sut=sut, hooks=hooks, links=links, room=room, door=door
            )


@asynccontextmanager
async def _watched(
    name: str, sut: RunningSut, hooks: Hooks, links: Mapping[str, ProxiedLink], stage: Stage
) -> AsyncIterator[None]:
    """Watch the links and the SUT's processes for as long as the lane is open."""
    recorder, clock = stage.recorder, stage.clock
    recorder.record("runner", "lane_opened", LaneData(lane=name))
    async with asyncio.TaskGroup() as watches:
        tasks = []
        for link, proxied in links.items():
            port = proxied.twin.listen_port
            watch = watch_link(lane=name, link=link, port=port, recorder=recorder, clock=clock)
            tasks.append(watches.create_task(watch, name=f"canary-{name}-{link}"))
        probe = ProcessTreeProbe(lane=name, upstream_port=links["upstream"].proxy.listen_port)
        has_tree = stage.target.sut.process_tree
        processes = _watch_sut(probe, sut, recorder, clock, has_tree=has_tree)
        tasks.append(watches.create_task(processes, name=f"processes-{name}"))
        hook, log = _watch_hook(name, hooks, stage), _watch_log(name, sut, stage)
        tasks.append(watches.create_task(hook, name=f"hook-{name}"))
        tasks.append(watches.create_task(log, name=f"log-{name}"))
        try:
            yield
        finally:
            recorder.record("runner", "lane_closing", LaneData(lane=name))
            for task in tasks:
                task.cancel()


async def _watch_sut(
    probe: ProcessTreeProbe, sut: RunningSut, recorder: Recorder, clock: Clock, *, has_tree: bool
) -> None:
    """Sample the SUT's process tree for ever; say once when it has ended by itself."""
    if sut.child is None:
        return
    while sut.child.exit_code is None:
        if has_tree:
            data = await asyncio.to_thread(probe.sample, sut.child.pid, clock.now_ns())
            recorder.record("process", "process_sample", data)
        await asyncio.sleep(SAMPLE_EVERY_S)
    ended = LaneData(lane=probe.lane, exit_code=sut.child.exit_code)
    recorder.record("process", "sut_exited", ended)


async def _watch_hook(name: str, hooks: Hooks, stage: Stage) -> None:
    """Ask for ever what the SUT says that it holds."""
    while hooks.resources is not None:
        held = await hooks.held()
        if held is not None:
            stage.recorder.record("hook", "hook_sample", HookData(lane=name, held=held))
        await asyncio.sleep(SAMPLE_EVERY_S)


async def _watch_log(name: str, sut: RunningSut, stage: Stage) -> None:
    """Read for ever what the SUT logs, and once more when the lane closes."""
    log = stage.target.log
    if sut.log is None or not log.cleanup:
        return
    probe = LogProbe(path=sut.log, log=log, is_kept=log.path is not None)
    try:
        while True:
            _record_lines(name, list(probe.cleanups()), stage)
            await asyncio.sleep(SAMPLE_EVERY_S)
    finally:
        _record_lines(name, list(probe.cleanups()), stage)


def _record_lines(name: str, said: list[tuple[str, str | None]], stage: Stage) -> None:
    numbers_of = ADAPTERS.get(stage.target.adapter.name).numbers_of
    for words in said:
        session, message = numbers_of(*words)
        if session is not None:
            stage.recorder.record(
                "log",
                "cleanup_logged",
                LaneData(lane=name),
                session=f"s{session}",
                message=None if message is None else f"m{message}",
            )


def _placeholders(upstream_port: int, stage: Stage) -> dict[str, str]:
    target = stage.target
    return {
        "python": sys.executable,
        "upstream.ws": f"ws://127.0.0.1:{upstream_port}{UPSTREAM_PATH}",
        "upstream.http": f"http://127.0.0.1:{upstream_port}",
        "end_marker": target.upstream.end_marker,
        "seed": str(stage.seed),
    }
