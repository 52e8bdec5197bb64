"""How far a pass can be trusted: what the last whole matrix of known-bads showed of each rule.

The figures are those of the version that measured them, and are shipped with the package;
`make matrix` measures them anew.
"""

from pathlib import Path

import msgspec

from harness.model.matrix import MATRIX_SCHEMA, Proof, RuleProof
from reports.figures import count, number, wilson
from reports.parts import RuleTrust, Trust

FILE = Path(__file__).resolve().parent / "assets" / "kill_matrix.json"


def load_proof() -> Proof | None:
    """Return the shipped summary; None where there is none of a whole matrix in this layout."""
    try:
        proof = msgspec.json.decode(FILE.read_bytes(), type=Proof)
    except (OSError, msgspec.DecodeError):
        return None
    return proof if proof.schema == MATRIX_SCHEMA and proof.is_whole else None


def trust_of(proof: Proof | None, grade: str) -> Trust | None:
    """Return what the matrix says about a certificate of this grade; None without a matrix."""
    if proof is None:
        return None
    rules = tuple(_rule(rule, grade) for rule in proof.rules)
    runs, killed = sum(rule.runs for rule in rules), sum(rule.killed for rule in rules)
    seen = sum(rule.killed_at_grade for rule in rules)
    alarms = count(proof.false_alarms, "false alarm")
    return Trust(
        sentence=f"{count(len(proof.known_bads), 'known-bad relay')}: killed by the rule that each"
        f" breaks in {killed} of {count(runs, 'run')}; a record of grade {grade} kills"
        f" {seen} of the {number(len(proof.known_bads))}."
        f" {count(len(proof.variants), 'right variant')}: {alarms} in"
        f" {count(proof.variant_runs, 'run')}. Measured with version {proof.version}, checklist"
        f" {proof.checklist}, seed {proof.seed}.",
        grade=grade,
        rules=rules,
    )


def _rule(rule: RuleProof, grade: str) -> RuleTrust:
    return RuleTrust(
        rule=rule.rule,
        known_bads=rule.known_bads,
        runs=rule.runs,
        killed=rule.killed,
        interval=wilson(rule.killed, rule.runs),
        alone=rule.alone,
        killed_at_grade=rule.by_grade.get(_nearest(grade, rule.by_grade), 0),
        by_grade=rule.by_grade,
    )


def _nearest(grade: str, known: dict[str, int]) -> str:
    """Return the measured grade with the most vantages that this one has all of."""
    within = [other for other in known if set(other) <= set(grade)]
    return max(within, key=len, default="")
