"""The summary of a matrix, as certificates carry it."""

import msgspec

from harness.model.matrix import GRADES, MATRIX_SCHEMA, Matrix, Proof, Row, proof_of


def a_row(target: str, expected: str | None = None, **over: object) -> Row:
    """A SUT that was run twice: a known-bad that its rule killed each time, or a variant."""
    killed = 2 if expected else 0
    seen = (expected,) if expected else ()
    made = Row(
        target=target,
        title="",
        expected_rule=expected,
        scenarios=("random_stop",),
        tier="smoke",
        runs=2,
        killed=killed,
        failed={expected: killed} if expected else {},
        by_grade=dict.fromkeys(GRADES, seen),
        verdicts={"EOS-1": "PASS", "STOP-2": "PASS"},
        is_as_expected=True,
        sentence="",
        folders=(target, f"{target}-2"),
    )
    return msgspec.structs.replace(made, **over)


def a_matrix(*rows: Row, only: dict[str, tuple[str, ...]] | None = None) -> Matrix:
    return Matrix(
        schema=MATRIX_SCHEMA,
        version="0.1.0",
        checklist="2026.1",
        seed=7,
        is_whole=True,
        rows=rows,
        killed_only_by=only or {},
        is_proven=True,
    )


def test_every_rule_that_was_judged_is_in_the_proof_even_without_a_known_bad() -> None:
    proof = proof_of(a_matrix(a_row("ends_twice", "EOS-1"), only={"EOS-1": ("ends_twice",)}))
    bitten, idle = proof.rules
    assert (bitten.rule, bitten.known_bads, bitten.alone) == ("EOS-1", 1, 1)
    assert (idle.rule, idle.known_bads, idle.runs, idle.alone) == ("STOP-2", 0, 0, 0)


def test_the_runs_of_all_known_bads_of_a_rule_are_added_up() -> None:
    proof = proof_of(a_matrix(a_row("one", "EOS-1"), a_row("two", "EOS-1", killed=1)))
    assert (proof.rules[0].killed, proof.rules[0].runs) == (3, 4)


def test_a_known_bad_counts_at_a_grade_if_any_rule_kills_it_there() -> None:
    seen = {"CUPLH": ("EOS-1",), "CUP": ("EOS-1",), "CU": ("STOP-2",), "C": ()}
    proof = proof_of(a_matrix(a_row("one", "EOS-1", by_grade=seen)))
    assert proof.rules[0].by_grade == {"CUPLH": 1, "CUP": 1, "CU": 1, "C": 0}


def test_each_failed_rule_in_a_run_of_a_variant_is_a_false_alarm() -> None:
    wrong = a_row("right_but_blamed", failed={"EOS-1": 2, "STOP-2": 1})
    proof = proof_of(a_matrix(a_row("right"), wrong, a_row("bad", "EOS-1")))
    assert (proof.variants, proof.variant_runs) == (("right", "right_but_blamed"), 4)
    assert (proof.known_bads, proof.false_alarms) == (("bad",), 3)


def test_a_proof_is_read_back_as_it_was_written() -> None:
    proof = proof_of(a_matrix(a_row("one", "EOS-1")))
    assert msgspec.json.decode(msgspec.json.encode(proof), type=Proof) == proof


def test_what_killed_a_row_is_named_in_order() -> None:
    assert a_row("one", "EOS-1", failed={"STOP-2": 1, "EOS-1": 2}).killed_by == ("EOS-1", "STOP-2")
