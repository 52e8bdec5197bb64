"""The matrix: every known-bad is killed by its rule, every variant passes, no check is idle.

All known-bads are run, and of the right variants a third, another one for each seed; `voicecert
selftest` runs them all. What a busy machine leaves open (INCONCLUSIVE) is tried once more, and is
no failure of this test then: a known-bad that passes its rule is one, and so is any false alarm.
"""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from harness.cli.base import root
from harness.model.target import shipped_targets
from suites.selftest.second_opinion.agreement import compare_record

# A hundred SUTs and more, two at a time; nine minutes on two cores that have nothing else to do.
MATRIX_S_MAX = 1500
pytestmark = [pytest.mark.io, pytest.mark.slow, pytest.mark.timeout(MATRIX_S_MAX + 300)]

SEED = secrets.randbelow(1_000_000)
AS_EXPECTED_MIN = 0.9  # of the rows: with more left open the machine has shown nothing
ALARMS = {"FAIL", "ERROR"}


def names() -> list[str]:
    """Return all known-bads, and the variants whose turn it is."""
    paths = shipped_targets(root())
    folders = {name: path.parent.name for name, path in sorted(paths.items())}
    variants = [name for name, folder in folders.items() if folder == "variants"]
    bad = [name for name, folder in folders.items() if folder == "mutants"]
    return bad + variants[SEED % 3 :: 3]


def matrix_of(chosen: Iterable[str], folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-P", "-m", "harness.cli", "selftest", "--json"]
    command += ["--seed", str(SEED), "--out", str(folder)]
    for name in chosen:
        command += ["--only", name]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=MATRIX_S_MAX
    )
    matrix: dict[str, Any] = json.loads(done.stdout)
    return matrix


def is_wrong(row: dict[str, Any]) -> bool:
    """Tell whether a known-bad passed its rule, or a right variant was blamed for anything."""
    verdicts = row["verdicts"]
    if row["expected_rule"] is not None:
        return verdicts.get(row["expected_rule"]) not in ("FAIL", "INCONCLUSIVE")
    return not verdicts or bool(ALARMS & set(verdicts.values()))


def test_each_rule_bites_and_no_right_variant_is_bitten(tmp_path: Path) -> None:
    matrix = matrix_of(names(), tmp_path / "first")
    rows = {row["target"]: row for row in matrix["rows"]}
    again = [name for name, row in rows.items() if not row["is_as_expected"]]
    alarms = [row for row in rows.values() if row["expected_rule"] is None and is_wrong(row)]
    if again:
        rows |= {row["target"]: row for row in matrix_of(again, tmp_path / "again")["rows"]}
    wrong = [row for row in rows.values() if is_wrong(row)]
    told = [f"{row['target']}: {row['sentence']} (seed {SEED})" for row in (*alarms, *wrong)]
    assert told == []
    expected = sum(row["is_as_expected"] for row in rows.values())
    assert expected >= AS_EXPECTED_MIN * len(rows), f"{expected} of {len(rows)} rows"
    idle = [rule for rule, only in matrix["killed_only_by"].items() if not only]
    assert len(idle) <= 2, f"with these checks switched off no known-bad survives: {idle}"
    assert differences(tmp_path) == []


def differences(folder: Path) -> list[str]:
    """Return where the second opinion of four rules differs on any of the records."""
    return [
        f"{found.parent.name}: {difference}"
        for found in sorted(folder.rglob("manifest.json"))
        for difference in compare_record(found.parent)
    ]
