"""The rows of the matrix: what the runs of a SUT prove, and which checks nobody needs."""

from pathlib import Path

import pytest

from harness.cli import matrix
from harness.cli.matrix import Outcome, matrix_of, outcome_of, row_of
from harness.model.matrix import GRADES, Row
from harness.model.target import Expectation, Sut, Target
from harness.model.verdict import (
    CHECKLIST_VERSION,
    VERDICTS_SCHEMA,
    Judgement,
    Level,
    Minimum,
    RuleVerdict,
    Verdict,
)
from suites.selftest.harness.judged import recorded
from suites.selftest.harness.model.test_matrix import a_row
from suites.selftest.harness.story import Story


def judgement(*failed: str, open_rule: str | None = None, why: str = "") -> Judgement:
    """A judgement of two rules of which these failed, and perhaps one that is undecided."""
    verdicts = dict.fromkeys(("EOS-1", "STOP-2"), Verdict.PASS)
    verdicts |= dict.fromkeys(failed, Verdict.FAIL)
    if open_rule is not None:
        verdicts[open_rule] = Verdict.INCONCLUSIVE
    is_certified = set(verdicts.values()) == {Verdict.PASS}
    return Judgement(
        schema=VERDICTS_SCHEMA,
        checklist=CHECKLIST_VERSION,
        grade="CUP",
        certified=is_certified,
        exit_code=0 if is_certified else 1,
        rules=tuple(
            RuleVerdict(
                id=rule,
                title="",
                level=Level.MUST,
                vantages="C",
                verdict=verdict,
                why=why if rule == open_rule else "",
                minimum=Minimum(),
            )
            for rule, verdict in verdicts.items()
        ),
    )


def row(expected: str | None, *outcomes: Judgement | Outcome) -> Row:
    sut = Sut(url="ws://127.0.0.1:1/", command=("relay",))
    target = Target(sut=sut, name="planted", expect=Expectation(rule=expected))
    made = [
        Outcome(folder="run", judgement=one) if isinstance(one, Judgement) else one
        for one in outcomes
    ]
    return row_of(target, ("happy_path",), made)


def test_a_known_bad_that_its_rule_kills_in_every_run_is_as_expected() -> None:
    made = row("EOS-1", judgement("EOS-1"), judgement("EOS-1", "STOP-2"))
    assert (made.killed, made.runs, made.is_as_expected) == (2, 2, True)
    assert made.failed == {"EOS-1": 2, "STOP-2": 1}
    assert made.sentence == "killed by EOS-1, beside STOP-2"


@pytest.mark.parametrize(
    ("outcomes", "sentence"),
    [
        ((judgement("STOP-2"),), "SURVIVED EOS-1, beside STOP-2"),
        ((judgement("EOS-1"), judgement()), "SURVIVED EOS-1 in 1 of 2 runs"),
    ],
)
def test_a_known_bad_that_once_survives_is_not(
    outcomes: tuple[Judgement, ...], sentence: str
) -> None:
    made = row("EOS-1", *outcomes)
    assert not made.is_as_expected
    assert made.sentence == sentence


def test_a_variant_must_pass_every_rule_in_every_run() -> None:
    assert row(None, judgement(), judgement()).is_as_expected
    assert row(None, judgement()).sentence == "passes every rule"
    failed = row(None, judgement(), judgement("STOP-2"))
    assert (failed.is_as_expected, failed.sentence) == (False, "DOES NOT PASS: STOP-2")
    undecided = row(None, judgement(open_rule="EOS-1"))
    assert (undecided.is_as_expected, undecided.sentence) == (False, "DOES NOT PASS: EOS-1")


@pytest.mark.parametrize("expected", [None, "EOS-1"])
def test_a_run_that_could_not_be_made_is_as_nobody_expected(expected: str | None) -> None:
    broken = Outcome(folder="run", problem="the SUT ended at its start")
    made = row(expected, broken)
    assert (made.is_as_expected, made.verdicts) == (False, {})
    assert made.sentence == "ERROR: the SUT ended at its start"


def test_a_rule_kills_at_a_grade_only_if_it_fails_there_in_every_run() -> None:
    often: dict[str, tuple[str, ...]] = {"C": ("EOS-1", "STOP-2")}
    once: dict[str, tuple[str, ...]] = {"C": ("EOS-1",), "CU": ("STOP-2",)}
    outcomes = [
        Outcome(folder="run", judgement=judgement("EOS-1"), by_grade=seen) for seen in (often, once)
    ]
    assert row("EOS-1", *outcomes).by_grade == {"CUPLH": (), "CUP": (), "CU": (), "C": ("EOS-1",)}


def test_a_record_is_judged_with_all_vantages_and_with_ever_fewer(tmp_path: Path) -> None:
    """A stream that is never let go is seen by the upstream; two end signals by the client."""
    story = Story().begun(0, 300).stop(300).end(303, reason="stopped").end(304, reason="stopped")
    found = outcome_of(recorded(tmp_path / "run", story.leave(4000).lane_closing(6000)))
    assert found.judgement is not None
    assert (found.folder, found.problem, set(found.by_grade)) == ("run", "", set(GRADES))
    assert {"EOS-1", "STOP-2"} <= set(found.by_grade["CUP"])
    assert found.by_grade["CUPLH"] == found.by_grade["CUP"]
    assert "EOS-1" in found.by_grade["C"]
    assert "STOP-2" not in found.by_grade["C"]


def test_a_check_without_which_every_known_bad_still_dies_is_idle() -> None:
    both = a_row("both", "EOS-1", failed={"EOS-1": 2, "STOP-2": 2})
    matrix = matrix_of((a_row("one", "EOS-1"), both), seed=7)
    assert matrix.killed_only_by == {"EOS-1": ("one",), "STOP-2": ()}
    assert not matrix.is_proven
    assert matrix_of(matrix.rows, seed=7, is_whole=False).is_proven
    whole = (*matrix.rows, a_row("two", "STOP-2"))
    assert matrix_of(whole, seed=7).is_proven


def test_one_row_that_is_not_as_expected_leaves_the_matrix_unproven() -> None:
    rows = (a_row("one", "EOS-1"), a_row("right", is_as_expected=False))
    assert not matrix_of(rows, seed=7, is_whole=False).is_proven


@pytest.mark.parametrize(
    ("expected", "stories", "tries", "is_right"),
    [
        (None, ("open", "open", "clean"), 3, True),
        (None, ("open", "open", "open", "clean"), 3, False),
        (None, ("clean", "open"), 1, True),
        (None, ("open", "EOS-1"), 2, False),  # a breach is final
        (None, ("EOS-1", "clean"), 1, False),
        ("STOP-2", ("open", "STOP-2"), 1, False),  # its lane has to show it
        ("STOP-2", ("clean", "STOP-2"), 1, False),
        ("STOP-2", ("excused", "STOP-2"), 2, True),
        ("STOP-2", ("excused", "clean", "STOP-2"), 2, False),
        ("STOP-2", ("excused", "excused", "excused", "STOP-2"), 3, False),
        ("EOS-1", ("excused", "EOS-1"), 1, False),  # it was another rule that was excused
    ],
)
async def test_a_sut_is_run_again_while_the_machine_left_it_open(
    expected: str | None,
    stories: tuple[str, ...],
    tries: int,
    is_right: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = iter(stories)

    async def outcome(_target: Target, seed: int, folder: Path) -> Outcome:
        seeds.append(seed)
        story = next(told)
        failed = (story,) if story in ("EOS-1", "STOP-2") else ()
        open_rule = "STOP-2" if story in ("open", "excused") else None
        why = "environment" if story == "excused" else "not_exercised: 0 of 5"
        judged = judgement(*failed, open_rule=open_rule, why=why)
        return Outcome(folder=folder.name, judgement=judged)

    seeds: list[int] = []
    monkeypatch.setattr(matrix, "_outcome", outcome)
    sut = Sut(url="ws://127.0.0.1:1/", command=("relay",))
    target = Target(sut=sut, name="planted", expect=Expectation(rule=expected))
    settled = await matrix._settled(target, 7, Path("planted"))
    assert settled.tries == tries
    assert len(set(seeds)) == tries
    made = row_of(target, ("happy_path",), [settled])
    assert (made.is_as_expected, made.tries) == (is_right, tries)
    told_again = "saw too little" if expected is None else "excused by a busy machine"
    assert (told_again in made.sentence) == (tries > 1 and (is_right or expected is not None))
