"""The matrix SUT x rule: which known-bads are killed by which rule, and whether variants pass.

Registers no command of its own; `voicecert selftest` prints it. Everything in the matrix comes
from stored records, so that a check can be switched off afterwards, or a vantage taken away.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from harness import __version__
from harness.checks.base import CHECKS
from harness.cli import operate
from harness.cli.base import SEED_BITS, scenarios_of
from harness.engine.lane import take_seats
from harness.engine.runner import Progress, RunOptions, run
from harness.judging.judge import judge_events
from harness.model.clock import MonotonicClock
from harness.model.errors import HarnessError
from harness.model.matrix import GRADES, MATRIX_SCHEMA, Matrix, Row
from harness.model.record import RunFolder
from harness.model.seeds import child_seed
from harness.model.target import Target
from harness.model.trace import Reading, read_events
from harness.model.verdict import CHECKLIST_VERSION, Judgement, Level, Verdict
from harness.toxiproxy.binary import default_cache

ROOM = 6
"""How much is run at once on two cores: one whole certification, or three of one scenario."""

TRIES_MAX = 3
"""How often a SUT is run until a run says something; a breach is final, and so is a pass."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one SUT: its judgement, and which rules failed at each grade.

    ``problem`` is why there is no judgement. ``tries`` counts the runs that it took to be told
    anything; a breach is final.
    """

    folder: str
    tries: int = 1
    judgement: Judgement | None = None
    by_grade: dict[str, tuple[str, ...]] = {}
    problem: str = ""


def make_matrix(
    targets: list[Target],
    *,
    seed: int,
    repeat: int,
    folder: Path,
    say: Callable[[str], None],
    is_whole: bool = True,
) -> Matrix:
    """Run every target, as many at once as there is room for, judge it, and return the matrix."""
    rows = asyncio.run(_rows(targets, seed, repeat, folder, say))
    return matrix_of(tuple(rows), seed=seed, is_whole=is_whole)


def matrix_of(rows: tuple[Row, ...], *, seed: int, is_whole: bool = True) -> Matrix:
    """Return the matrix of the rows: with each check switched off, does a mutant survive?

    A part of the matrix cannot answer that; it is proven if its rows are as expected.
    """
    rules = sorted({rule for row in rows for rule in row.verdicts})
    mutants = [row for row in rows if row.expected_rule is not None]
    only = {
        rule: tuple(row.target for row in mutants if is_killed_only_by(rule, row)) for rule in rules
    }
    return Matrix(
        schema=MATRIX_SCHEMA,
        version=__version__,
        checklist=CHECKLIST_VERSION,
        seed=seed,
        is_whole=is_whole,
        rows=rows,
        killed_only_by=only,
        is_proven=all(row.is_as_expected for row in rows) and (not is_whole or all(only.values())),
    )


def is_killed_only_by(rule: str, row: Row) -> bool:
    """Tell whether the row would go free without the rule: no MUST beside it failed.

    A SHOULD alone keeps nobody from a certificate, so that it hides no other rule.
    """
    musts = {other for other in row.failed if CHECKS.get(other).level is Level.MUST}
    return rule in row.failed and musts <= {rule}


async def _rows(
    targets: list[Target], seed: int, repeat: int, folder: Path, say: Callable[[str], None]
) -> list[Row]:
    room, door = asyncio.Semaphore(ROOM), asyncio.Lock()

    async def one(target: Target) -> Row:
        outcomes = []
        for turn in range(repeat):
            own_seed = seed if not turn else child_seed(seed, f"repeat {turn}") % (1 << SEED_BITS)
            name = target.name if not turn else f"{target.name}-{turn + 1}"
            async with take_seats(room, door, _weight(target)):
                outcomes.append(await _settled(target, own_seed, folder / name))
        row = row_of(target, scenarios_of(None, target), outcomes)
        say(f"{row.target:40} {row.sentence}")
        return row

    async with asyncio.TaskGroup() as tasks:
        made = [tasks.create_task(one(target), name=f"row-{target.name}") for target in targets]
    return [task.result() for task in made]


def _weight(target: Target) -> int:
    """Return how much of the room a target takes."""
    if not target.expect.scenarios:
        return ROOM
    return ROOM // 2 if target.expect.tier != "smoke" else ROOM // 3


async def _settled(target: Target, seed: int, folder: Path) -> Outcome:
    """Run a target, and again while the run says nothing of it because the machine was busy.

    A busy machine makes a run INCONCLUSIVE: no false alarm and no pass for a right variant, and no
    kill of a known-bad, which was caught and then excused.
    """
    outcome = await _outcome(target, seed, folder)
    for tries in range(2, TRIES_MAX + 1):
        if not _is_open(outcome, target.expect.rule):
            break
        again = child_seed(seed, f"try {tries}") % (1 << SEED_BITS)
        outcome = await _outcome(target, again, folder.with_name(f"{folder.name}-try-{tries}"))
        outcome = msgspec.structs.replace(outcome, tries=tries)
    return outcome


def _is_open(outcome: Outcome, wanted: str | None) -> bool:
    """Tell whether a run left open what is to be proven.

    That is, for a right variant, no breach, but too little seen; for a known-bad, a breach of its
    own rule that the machine excused.
    """
    judgement = outcome.judgement
    if judgement is None:
        return False
    if wanted is not None:
        return any(rule.id == wanted and rule.why == "environment" for rule in judgement.rules)
    return not _failed(judgement) and not _is_clean(judgement)


async def _outcome(target: Target, seed: int, folder: Path) -> Outcome:
    options = RunOptions(
        target=target,
        given=target.name,
        scenarios=scenarios_of(None, target),
        seed=seed,
        tier=target.expect.tier,
        folder=folder,
        cache=default_cache(),
        clock=MonotonicClock(),
    )
    try:
        record = await run(options, Progress())
        return await asyncio.to_thread(outcome_of, record)
    except HarnessError as error:
        return Outcome(folder=folder.name, problem=str(error))


def outcome_of(record: RunFolder) -> Outcome:
    """Return what a record says: judged as it was seen, and at each grade."""
    manifest, judgement = operate.judge_folder(record)
    by_grade = {}
    for grade in GRADES:
        seen = "".join(letter for letter in grade if letter in manifest.vantages)
        if seen == manifest.vantages:
            lesser = judgement
        else:
            asked = msgspec.structs.replace(manifest, vantages=seen)
            events = read_events(record.part_files(), Reading())
            lesser = judge_events(asked, events, problems=lambda: ())
        by_grade[grade] = _failed(lesser)
    return Outcome(folder=record.path.name, judgement=judgement, by_grade=by_grade)


def _failed(judgement: Judgement) -> tuple[str, ...]:
    return tuple(rule.id for rule in judgement.rules if rule.verdict is Verdict.FAIL)


def row_of(target: Target, scenarios: tuple[str, ...], outcomes: Sequence[Outcome]) -> Row:
    """Return one row; a run that failed is as nobody expected."""
    judged = [one.judgement for one in outcomes if one.judgement is not None]
    failed = Counter(rule for judgement in judged for rule in _failed(judgement))
    wanted = target.expect.rule
    killed = failed[wanted] if wanted is not None else 0
    is_right = len(judged) == len(outcomes) and (
        killed == len(outcomes) if wanted is not None else all(map(_is_clean, judged))
    )
    return Row(
        target=target.name,
        title=target.title,
        expected_rule=wanted,
        scenarios=scenarios,
        tier=target.expect.tier,
        runs=len(outcomes),
        killed=killed,
        failed=dict(sorted((rule, count) for rule, count in failed.items() if count)),
        by_grade={grade: _always(outcomes, grade) for grade in GRADES},
        verdicts={rule.id: rule.verdict.value for rule in judged[-1].rules} if judged else {},
        is_as_expected=is_right,
        sentence=_sentence(target, outcomes, judged, failed),
        folders=tuple(one.folder for one in outcomes),
        tries=sum(one.tries for one in outcomes),
    )


def _is_clean(judgement: Judgement) -> bool:
    """Tell whether a right variant got what it deserves: no rule failed, SHOULD or MUST."""
    return judgement.exit_code == 0 and not _failed(judgement)


def _always(outcomes: Sequence[Outcome], grade: str) -> tuple[str, ...]:
    """Return the rules that failed in every run at this grade."""
    found = [set(one.by_grade.get(grade, ())) for one in outcomes]
    return tuple(sorted(set.intersection(*found))) if found else ()


def _sentence(
    target: Target,
    outcomes: Sequence[Outcome],
    judged: list[Judgement],
    failed: Counter[str],
) -> str:
    problem = next((one.problem for one in outcomes if one.judgement is None), None)
    if problem is not None:
        return f"ERROR: {problem}"
    wanted = target.expect.rule
    if wanted is None:
        bad = sorted({r.id for j in judged for r in j.rules if r.verdict.value in OPEN})
        problems = [problem for judgement in judged for problem in judgement.problems]
        if all(map(_is_clean, judged)):
            passes = f"passes; open: {', '.join(bad)}" if bad else "passes every rule"
            return passes + _more_runs(outcomes, "saw too little")
        return f"DOES NOT PASS: {', '.join(bad) or problems[0]}"
    others = sorted(rule for rule in failed if rule != wanted)
    beside = f", beside {', '.join(others)}" if others else ""
    again = _more_runs(outcomes, "excused by a busy machine")
    if failed[wanted] == len(outcomes):
        return f"killed by {wanted}{beside}{again}"
    times = f" in {len(outcomes) - failed[wanted]} of {len(outcomes)} runs"
    return f"SURVIVED {wanted}{times if len(outcomes) > 1 else ''}{beside}{again}"


def _more_runs(outcomes: Sequence[Outcome], why: str) -> str:
    """Say how many runs there were besides those that count, "" if none."""
    more = sum(one.tries for one in outcomes) - len(outcomes)
    return f"; {more} more run{'s' if more > 1 else ''} {why}" if more else ""


OPEN = (Verdict.FAIL.value, Verdict.INCONCLUSIVE.value, Verdict.ERROR.value)
