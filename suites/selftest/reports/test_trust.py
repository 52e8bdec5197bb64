"""What a certificate says about how far it can be trusted."""

from pathlib import Path

import msgspec
import pytest

from harness.checks.base import CHECKS
from harness.model.matrix import Proof, proof_of
from reports import trust
from reports.figures import wilson
from reports.trust import load_proof, trust_of
from suites.selftest.harness.model.test_matrix import a_matrix, a_row

SEEN = {"CUPLH": ("EOS-1",), "CUP": ("EOS-1",), "CU": ("EOS-1",), "C": ()}


def a_proof() -> Proof:
    return proof_of(a_matrix(a_row("bad", "EOS-1", by_grade=SEEN), a_row("right")))


def stored(file: Path, proof: Proof, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_bytes(msgspec.json.encode(proof))
    monkeypatch.setattr(trust, "FILE", file)


def test_the_sentence_counts_known_bads_variants_and_runs() -> None:
    said = trust_of(a_proof(), "CUP")
    assert said is not None
    assert said.sentence == (
        "1 known-bad relay: killed by the rule that each breaks in 2 of 2 runs; a record of grade"
        " CUP kills 1 of the 1. 1 right variant: 0 false alarms in 2 runs. Measured with version"
        " 0.1.0, checklist 2026.1, seed 7."
    )


@pytest.mark.parametrize(
    ("grade", "killed"), [("CUPLH", 1), ("CUPH", 1), ("CUH", 1), ("CP", 0), ("CL", 0), ("C", 0)]
)
def test_a_grade_that_was_not_measured_counts_as_the_nearest_with_fewer_vantages(
    grade: str, killed: int
) -> None:
    said = trust_of(a_proof(), grade)
    assert said is not None
    assert said.rules[0].killed_at_grade == killed


def test_a_rule_without_runs_has_no_interval() -> None:
    said = trust_of(a_proof(), "C")
    assert said is not None
    bitten, idle = said.rules
    assert bitten.interval == wilson(2, 2)
    assert (idle.rule, idle.interval) == ("STOP-2", None)


def test_without_a_matrix_nothing_is_said() -> None:
    assert trust_of(None, "CUP") is None


def test_a_summary_is_found_where_it_is_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(tmp_path / "matrix.json", a_proof(), monkeypatch)
    assert load_proof() == a_proof()


def test_a_summary_of_another_layout_and_a_broken_one_count_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "matrix.json"
    stored(file, msgspec.structs.replace(a_proof(), schema=1), monkeypatch)
    assert load_proof() is None
    file.write_text("{")
    assert load_proof() is None
    file.unlink()
    assert load_proof() is None


def test_the_summary_that_is_shipped_speaks_of_rules_that_exist() -> None:
    proof = load_proof()
    assert proof is not None
    assert {rule.rule for rule in proof.rules} <= {check.id for check in CHECKS}
