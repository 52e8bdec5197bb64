"""One run: plans from the seed, lanes in parallel where isolation allows, a record on disk."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from harness import __version__
from harness.adapters.base import ADAPTERS
from harness.engine.environment import Environment, environment, machine_facts
from harness.engine.guardian import Child
from harness.engine.lag import watch_lag
from harness.engine.lane import Stage
from harness.engine.lane_setup import open_lane
from harness.engine.recorder import Recorder, open_recorder, redact
from harness.engine.schedule import (
    PlannedScenario,
    Scheduler,
    faults_hash,
    operations_hash,
    speech_s,
)
from harness.judging.judge import Judge
from harness.model import record
from harness.model.clock import Clock
from harness.model.errors import HarnessError
from harness.model.record import MANIFEST_SCHEMA, Hashes, Manifest, RunFolder
from harness.model.seeds import child_seed
from harness.model.target import Target
from harness.model.trace import Reading, read_events
from harness.model.units import NS_PER_S
from harness.model.verdict import CHECKLIST_VERSION
from harness.scenarios.base import certifying

RETRIES_MAX = 20
RETRYING_S_MAX = {"smoke": 60.0, "standard": 300.0, "full": 1200.0}
THREADS = 32  # each lane asks /proc and the proxy's API beside the others
CLOSING_S = 0.6  # longer than a lost vantage may go unnoticed


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What a run is asked to do; ``given`` is the target as the user named it."""

    target: Target
    given: str
    scenarios: tuple[str, ...]
    seed: int
    tier: str
    folder: Path
    cache: Path
    clock: Clock


@dataclass(slots=True, kw_only=True)
class Progress:
    """Who wants to know how far a run has come; tests pass one that is silent."""

    say: Callable[[str], None] = lambda _sentence: None
    finished: Callable[[str], None] = lambda _scenario: None
    timings_s: dict[str, float] = field(default_factory=dict)


async def run(options: RunOptions, progress: Progress) -> RunFolder:
    """Play the scenarios and leave a run folder; what was recorded stays, whatever happens.

    Raises:
        HarnessError: the environment or the SUT could not be brought up.
    """
    folder = RunFolder(options.folder)
    folder.create()
    try:
        await _run(options, folder, progress)
    except BaseExceptionGroup as group:
        error = _first(group)
        if isinstance(error, HarnessError):
            raise error from group
        raise
    finally:
        _note_end(folder)
    return folder


def _note_end(folder: RunFolder) -> None:
    """Say in the manifest of a run that did not come to its end that it was interrupted."""
    if folder.manifest_file.exists():
        manifest = folder.read_manifest()
        if manifest.state == "running":
            folder.write_manifest(msgspec.structs.replace(manifest, state="interrupted"))


async def _run(options: RunOptions, folder: RunFolder, progress: Progress) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    nonce = child_seed(options.seed, "nonce") % 256
    started_ns, started_cpu_ns = options.clock.now_ns(), options.clock.cpu_ns()
    scheduler = Scheduler(
        seed=options.seed,
        tier=options.tier,
        behaviour=options.target.behaviour,
        adapter=ADAPTERS.get(options.target.adapter.name)(0),
    )
    planned = scheduler.plan(options.scenarios)
    plans = tuple(item.plan for item in planned)
    folder.write_plans(plans)
    manifest = _manifest(options, nonce, planned)
    folder.write_manifest(manifest)
    with open_recorder(folder.parts / "harness.jsonl", options.clock) as recorder:
        async with environment(
            target=options.target,
            folder=folder,
            seed=options.seed,
            nonce=nonce,
            cache=options.cache,
            say=progress.say,
        ) as around:
            await around.upstream.prepare(plans)
            hashes = Hashes(
                operations=operations_hash(plans),
                faults=faults_hash(plans),
                upstream_plans=await around.upstream.plans_hash(
                    plans, options.target.upstream.profile
                ),
            )
            manifest = msgspec.structs.replace(manifest, hashes=hashes, environment=around.facts())
            folder.write_manifest(manifest)
            stage = Stage(
                target=options.target,
                folder=folder,
                seed=options.seed,
                nonce=nonce,
                recorder=recorder,
                clock=options.clock,
                finished=progress.finished,
                say=progress.say,
            )
            shop = _Shop(around, stage, progress.timings_s)
            progress.timings_s["speech of the longest session"] = round(speech_s(plans), 3)
            progress.timings_s["start-up"] = _since(started_ns, options.clock)
            manifest = await _play(shop, scheduler, planned, manifest)
    spent_ns = options.clock.cpu_ns() - started_cpu_ns
    progress.timings_s["work of the harness"] = round(spent_ns / NS_PER_S, 3)
    progress.timings_s["in all"] = _since(started_ns, options.clock)
    manifest = msgspec.structs.replace(manifest, timings_s=dict(progress.timings_s))
    folder.write_manifest(manifest)


@dataclass(frozen=True, slots=True)
class _Shop:
    """The processes that all lanes share, and the stage that they play on."""

    environment: Environment
    stage: Stage
    timings_s: dict[str, float]


async def _play(
    shop: _Shop,
    scheduler: Scheduler,
    planned: Sequence[PlannedScenario],
    manifest: Manifest,
) -> Manifest:
    """Play everything, then try late answers again; the manifest that is returned is complete."""
    clock = shop.stage.clock
    begun_ns = clock.now_ns()
    async with asyncio.TaskGroup() as tasks:
        watches = [tasks.create_task(watch_lag(shop.stage.recorder, clock), name="loop-lag")]
        for child in shop.environment.vital:
            vital = _watch_vital(child, shop.stage.recorder)
            watches.append(tasks.create_task(vital, name=f"vital-{child.name}"))
        try:
            manifest = await _play_lanes(shop, planned, manifest)
            shop.timings_s["scenarios"] = _since(begun_ns, clock)
            begun_ns = clock.now_ns()
            await _retry(shop, scheduler, manifest)
            shop.timings_s["retries"] = _since(begun_ns, clock)
        finally:
            for watch in watches:
                watch.cancel()
    return msgspec.structs.replace(manifest, state="complete")


async def _watch_vital(child: Child, recorder: Recorder) -> None:
    """End the run when a process of ours ends in its middle: from there on nothing is proven.

    Raises:
        HarnessError: names the process.
    """
    exit_code = await child.wait()
    recorder.record("runner", "vantage_lost", {"what": child.name, "exit_code": exit_code})
    raise HarnessError(
        f"our own process {child.name!r} ended in the middle of the run with exit code"
        f" {exit_code}; what was recorded before can be judged."
    )


async def _play_lanes(
    shop: _Shop, planned: Sequence[PlannedScenario], manifest: Manifest
) -> Manifest:
    lanes: dict[str, list[PlannedScenario]] = {}
    for item in planned:
        lanes.setdefault(item.lane, []).append(item)
    is_fixed = shop.stage.target.upstream.listen is not None or shop.stage.target.is_remote
    at_once = asyncio.Semaphore(1 if is_fixed else len(lanes) or 1)
    async with asyncio.TaskGroup() as tasks:
        for name, items in lanes.items():
            tasks.create_task(_play_lane(shop, name, items, at_once), name=f"lane-{name}")
    return manifest


async def _play_lane(
    shop: _Shop, name: str, items: list[PlannedScenario], at_once: asyncio.Semaphore
) -> None:
    async with at_once, open_lane(name, environment=shop.environment, stage=shop.stage) as lane:
        async with asyncio.TaskGroup() as tasks:
            for item in items:
                tasks.create_task(lane.play(item), name=f"scenario-{item.run}")
        await asyncio.sleep(CLOSING_S)


async def _retry(shop: _Shop, scheduler: Scheduler, manifest: Manifest) -> None:
    """Try the scenarios of late answers again, alone, up to 20 times; all of it is recorded.

    What a machine that stays busy leaves unsettled after its time is INCONCLUSIVE(environment).
    """
    shop = replace(shop, stage=replace(shop.stage, finished=lambda _scenario: None))
    clock, begun_ns = shop.stage.clock, shop.stage.clock.now_ns()
    for attempt in range(1, RETRIES_MAX + 1):
        unsettled = await asyncio.to_thread(_unsettled, shop.stage.folder, manifest)
        if not unsettled:
            return
        for original, name in unsettled:
            if _since(begun_ns, clock) > RETRYING_S_MAX[manifest.tier]:
                return
            item = scheduler.retry(name, original=original, attempt=attempt)
            shop.stage.say(f"again, alone, since an answer was late: {name}")
            await shop.environment.upstream.prepare([item.plan])
            await _play_lane(shop, item.lane, [item], asyncio.Semaphore(1))


def _unsettled(folder: RunFolder, manifest: Manifest) -> list[tuple[str, str]]:
    """Judge the record so far and return (scenario run, scenario) of each late answer."""
    judge = Judge(msgspec.structs.replace(manifest, state="complete"))
    for event in read_events(folder.part_files(), Reading()):
        judge.feed(event)
    judge.judgement()
    found = {(f.scenario_run, f.scenario) for _, f in judge.unsettled() if f.scenario}
    return sorted(found)


def _manifest(options: RunOptions, nonce: int, planned: Sequence[PlannedScenario]) -> Manifest:
    """Return the manifest of a run that has not begun: a kill from here on can be judged."""
    return Manifest(
        schema=MANIFEST_SCHEMA,
        run=options.folder.name,
        version=__version__,
        checklist=CHECKLIST_VERSION,
        started_at=options.clock.date(),
        state="running",
        seed=options.seed,
        nonce=nonce,
        tier=options.tier,
        scenarios=tuple(item.run for item in planned),
        scenarios_available=len(certifying()),
        target=_without_secrets(options.target),
        target_given=options.given,
        vantages=vantages_of(options.target),
        environment=machine_facts(record.Toxiproxy(kind="none", version="")),
    )


def vantages_of(target: Target) -> str:
    """Return the letters of the places from which a run of this target is seen."""
    has_tree = not target.is_remote and target.sut.process_tree
    has_log = bool(target.log.cleanup) and (not target.is_remote or target.log.path is not None)
    seen = {
        "C": True,
        "U": target.upstream.ledger,
        "P": has_tree,
        "L": has_log,
        "H": target.hooks.cleanup is not None,
    }
    return "".join(letter for letter, is_seen in seen.items() if is_seen)


def _without_secrets(target: Target) -> Target:
    """Return the target as it may be written down: what looks like a key in it is not."""
    sut = msgspec.structs.replace(target.sut, environment=redact(target.sut.environment))
    return msgspec.structs.replace(target, sut=sut)


def _since(started_ns: int, clock: Clock) -> float:
    return round((clock.now_ns() - started_ns) / NS_PER_S, 3)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first error of ours inside a group of groups, else the first of all."""
    ours = group.subgroup(HarnessError)
    error: BaseException = ours if ours is not None else group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
