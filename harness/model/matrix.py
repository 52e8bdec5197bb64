"""The matrix SUT x rule as data: what was run, what killed it, and what that proves."""

import msgspec

MATRIX_SCHEMA = 2  # 1: first version; 2: repeats and grades
GRADES = ("CUPLH", "CUP", "CU", "C")
"""The grades at which every record is judged: with all vantages, and with ever fewer of them."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One SUT of the matrix, run ``runs`` times with different seeds.

    ``killed`` counts the runs in which the expected rule failed, ``failed`` by rule the runs in
    which that rule failed, ``by_grade`` the rules that failed in every run when the record was
    judged at that grade. ``verdicts`` are those of the last run. ``is_as_expected`` says that a
    known-bad was killed by its rule in every run, or that a variant passed every rule in each.
    ``tries`` counts also the runs of a variant that saw too little to say anything.
    """

    target: str
    title: str
    expected_rule: str | None
    scenarios: tuple[str, ...]
    tier: str
    runs: int
    killed: int
    failed: dict[str, int]
    by_grade: dict[str, tuple[str, ...]]
    verdicts: dict[str, str]
    is_as_expected: bool
    sentence: str
    folders: tuple[str, ...]
    tries: int = 0

    @property
    def killed_by(self) -> tuple[str, ...]:
        """Return every rule that failed in any of the runs."""
        return tuple(sorted(self.failed))


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """All rows, and for each rule the known-bads that only it kills.

    ``is_whole`` says that every known-bad and variant that is shipped was run.
    """

    schema: int
    version: str
    checklist: str
    seed: int
    is_whole: bool
    rows: tuple[Row, ...]
    killed_only_by: dict[str, tuple[str, ...]]
    is_proven: bool


class RuleProof(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one rule: its known-bads, how many of their runs it killed.

    ``alone`` counts the known-bads that only it kills; ``by_grade`` counts those of its known-bads
    that are killed by any rule when the record is judged at that grade.
    """

    rule: str
    known_bads: int
    runs: int
    killed: int
    alone: int
    by_grade: dict[str, int]


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """The summary of a matrix that goes with every certificate."""

    schema: int
    version: str
    checklist: str
    seed: int
    is_whole: bool
    known_bads: tuple[str, ...]
    variants: tuple[str, ...]
    variant_runs: int
    false_alarms: int
    rules: tuple[RuleProof, ...]


def proof_of(matrix: Matrix) -> Proof:
    """Return the summary of a matrix."""
    bad = [row for row in matrix.rows if row.expected_rule is not None]
    right = [row for row in matrix.rows if row.expected_rule is None]
    rules = sorted({rule for row in matrix.rows for rule in row.verdicts})
    return Proof(
        schema=matrix.schema,
        version=matrix.version,
        checklist=matrix.checklist,
        seed=matrix.seed,
        is_whole=matrix.is_whole,
        known_bads=tuple(row.target for row in bad),
        variants=tuple(row.target for row in right),
        variant_runs=sum(row.runs for row in right),
        false_alarms=sum(sum(row.failed.values()) for row in right),
        rules=tuple(_rule(rule, matrix, bad) for rule in rules),
    )


def _rule(rule: str, matrix: Matrix, bad: list[Row]) -> RuleProof:
    own = [row for row in bad if row.expected_rule == rule]
    return RuleProof(
        rule=rule,
        known_bads=len(own),
        runs=sum(row.runs for row in own),
        killed=sum(row.killed for row in own),
        alone=len(matrix.killed_only_by.get(rule, ())),
        by_grade={grade: sum(bool(row.by_grade.get(grade)) for row in own) for grade in GRADES},
    )
