"""Runs, judges and reports: what the commands `run`, `certify`, `judge` and `selftest` share.

It registers no command of its own.
"""

import asyncio
from pathlib import Path

from rich.console import Console

from harness.cli.base import out_folder, scenarios_of, seed_of, target_of, tier_of
from harness.engine.runner import Progress, RunOptions, run
from harness.judging.judge import judge_events
from harness.model.clock import MonotonicClock
from harness.model.errors import InterruptedRun
from harness.model.record import Manifest, RunFolder
from harness.model.trace import Reading, read_events
from harness.model.verdict import Judgement
from harness.toxiproxy.binary import default_cache
from reports import certificate
from reports.formats.base import FORMATS
from reports.trust import load_proof


def options_of(
    target: str,
    *,
    scenarios: list[str] | None,
    seed: int | None,
    tier: str,
    out: Path | None,
) -> RunOptions:
    """Return what a run is asked to do, checked as far as it can be before a start.

    Raises:
        UsageError: which of the words is wrong, and what it should be.
    """
    loaded = target_of(target)
    return RunOptions(
        target=loaded,
        given=target,
        scenarios=scenarios_of(scenarios, loaded),
        seed=seed_of(seed),
        tier=tier_of(tier),
        folder=out_folder(out, name=loaded.name),
        cache=default_cache(),
        clock=MonotonicClock(),
    )


def run_target(options: RunOptions, *, screen: Console | None) -> RunFolder:
    """Run the scenarios against the target and return the folder of the record."""
    count = len(options.scenarios)
    done = 0

    def finished(scenario: str) -> None:
        nonlocal done
        done += 1
        say(f"  {done:2d}/{count} {scenario}")

    def say(sentence: str) -> None:
        if screen is not None:
            screen.print(sentence, highlight=False, markup=False)

    many = "1 scenario" if count == 1 else f"{count} scenarios"
    say(f"{options.target.name}: {many}, tier {options.tier}, seed {options.seed}")
    try:
        return asyncio.run(run(options, Progress(say=say, finished=finished)))
    except KeyboardInterrupt:
        raise InterruptedRun(
            f"interrupted; what was recorded is kept: `voicecert judge {options.folder}` judges it."
        ) from None


def judge_folder(folder: RunFolder) -> tuple[Manifest, Judgement]:
    """Judge the record in the folder and store the verdicts beside it."""
    manifest = folder.read_manifest()
    reading = Reading()

    def problems() -> tuple[str, ...]:
        found = [
            f"{count} lines of {part} are no events" for part, count in reading.lines_lost.items()
        ]
        if reading.is_tail_cut:
            found.append("the last line of a part is cut, as a killed writer leaves it")
        if manifest.state != "complete":
            found.append("the run did not come to its end; open messages are judged as cut")
        return tuple(found)

    judgement = judge_events(manifest, read_events(folder.part_files(), reading), problems=problems)
    folder.write_judgement(judgement)
    return manifest, judgement


def write_documents(
    folder: RunFolder, manifest: Manifest, judgement: Judgement
) -> tuple[certificate.Certificate, dict[str, Path]]:
    """Write the certificate in every format that is a file; return it and their paths."""
    made = certificate.make(manifest, judgement, proof=load_proof())
    paths = {name: FORMATS.get(name).write(made, folder.path) for name in FORMATS.names()}
    return made, paths
