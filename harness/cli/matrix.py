"""The matrix SUT x rule: which known-bads are killed by which rule, and whether variants pass.

Registers no command of its own; `voicecert selftest` prints it. Everything in the matrix comes
from stored verdicts, so that a check can be switched off afterwards.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec

from harness.cli import operate
from harness.cli.base import scenarios_of
from harness.engine.runner import Progress, RunOptions, run
from harness.model.clock import MonotonicClock
from harness.model.errors import HarnessError
from harness.model.record import RunFolder
from harness.model.target import Target
from harness.model.verdict import Judgement, Verdict
from harness.toxiproxy.binary import default_cache

MATRIX_SCHEMA = 1  # 1: first version
AT_ONCE = 2


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One SUT of the matrix; ``is_as_expected`` says whether it was killed, or passed."""

    target: str
    title: str
    expected_rule: str | None
    scenarios: tuple[str, ...]
    verdicts: dict[str, str]
    killed_by: tuple[str, ...]
    is_as_expected: bool
    sentence: str
    run: str


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """All rows, and for each rule the mutants that only it kills."""

    schema: int
    seed: int
    rows: tuple[Row, ...]
    killed_only_by: dict[str, tuple[str, ...]]
    is_proven: bool


def make_matrix(
    targets: list[Target],
    *,
    seed: int,
    folder: Path,
    say: Callable[[str], None],
    is_whole: bool = True,
) -> Matrix:
    """Run every target, two at a time, judge it, and return the matrix."""
    rows = asyncio.run(_rows(targets, seed, folder, say))
    return matrix_of(tuple(rows), seed=seed, is_whole=is_whole)


def matrix_of(rows: tuple[Row, ...], *, seed: int, is_whole: bool = True) -> Matrix:
    """Return the matrix of the rows: with each check switched off, does a mutant survive?

    A part of the matrix cannot answer that; it is proven if its rows are as expected.
    """
    rules = sorted({rule for row in rows for rule in row.verdicts})
    mutants = [row for row in rows if row.expected_rule is not None]
    only = {
        rule: tuple(row.target for row in mutants if row.killed_by == (rule,)) for rule in rules
    }
    return Matrix(
        schema=MATRIX_SCHEMA,
        seed=seed,
        rows=rows,
        killed_only_by=only,
        is_proven=all(row.is_as_expected for row in rows) and (not is_whole or all(only.values())),
    )


async def _rows(
    targets: list[Target], seed: int, folder: Path, say: Callable[[str], None]
) -> list[Row]:
    places = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as tasks:
        made = [
            tasks.create_task(_row(target, seed, folder, places, say), name=f"row-{target.name}")
            for target in targets
        ]
    return [task.result() for task in made]


async def _row(
    target: Target, seed: int, folder: Path, places: asyncio.Semaphore, say: Callable[[str], None]
) -> Row:
    chosen = scenarios_of(None, target)
    options = RunOptions(
        target=target,
        given=target.name,
        scenarios=chosen,
        seed=seed,
        tier="smoke",
        folder=folder / target.name,
        cache=default_cache(),
        clock=MonotonicClock(),
    )
    async with places:
        try:
            record = await run(options, Progress())
            _, judgement = await asyncio.to_thread(operate.judge_folder, record)
        except HarnessError as error:
            judgement = None
            record = RunFolder(options.folder)
            problem = str(error)
        else:
            problem = ""
    row = row_of(target, chosen, judgement, record, problem)
    say(f"{row.target:40} {row.sentence}")
    return row


def row_of(
    target: Target,
    scenarios: tuple[str, ...],
    judgement: Judgement | None,
    record: RunFolder,
    problem: str,
) -> Row:
    """Return one row; a run that failed is as nobody expected."""
    rules = judgement.rules if judgement is not None else ()
    killed_by = tuple(rule.id for rule in rules if rule.verdict is Verdict.FAIL)
    wanted = target.expect.rule
    if judgement is None:
        is_right, sentence = False, f"ERROR: {problem}"
    elif wanted is not None:
        is_right = wanted in killed_by
        others = [rule for rule in killed_by if rule != wanted]
        beside = f", beside {', '.join(others)}" if others else ""
        sentence = f"killed by {wanted}{beside}" if is_right else f"SURVIVED {wanted}{beside}"
    else:
        is_right = judgement.exit_code == 0
        open_rules = [r.id for r in rules if r.verdict in (Verdict.INCONCLUSIVE, Verdict.ERROR)]
        bad = [*killed_by, *open_rules]
        sentence = "passes every rule" if is_right else f"DOES NOT PASS: {', '.join(bad)}"
    return Row(
        target=target.name,
        title=target.title,
        expected_rule=wanted,
        scenarios=scenarios,
        verdicts={rule.id: rule.verdict.value for rule in rules},
        killed_by=killed_by,
        is_as_expected=is_right,
        sentence=sentence,
        run=record.path.name,
    )
