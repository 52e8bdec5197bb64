"""The matrix: every known-bad is killed by its rule, every variant passes, no check is idle."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from suites.selftest.second_opinion.agreement import compare_record

# About fifty SUTs, two at a time; four minutes on two cores that have nothing else to do.
MATRIX_S_MAX = 900
pytestmark = [pytest.mark.io, pytest.mark.slow, pytest.mark.timeout(MATRIX_S_MAX + 30)]


def test_each_rule_bites_and_no_right_variant_is_bitten(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "harness.cli", "selftest", "--json"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "matrix")],
        capture_output=True,
        text=True,
        check=False,
        timeout=MATRIX_S_MAX,
    )
    matrix = json.loads(done.stdout)
    unexpected = [
        f"{row['target']}: {row['sentence']} (seed {matrix['seed']})"
        for row in matrix["rows"]
        if not row["is_as_expected"]
    ]
    assert unexpected == []
    idle = [rule for rule, only in matrix["killed_only_by"].items() if not only]
    assert idle == [], "with these checks switched off, no known-bad survives"
    assert done.returncode == 0
    differences = [
        f"{folder.parent.name}: {difference}"
        for folder in sorted((tmp_path / "matrix").rglob("manifest.json"))
        for difference in compare_record(folder.parent)
    ]
    assert differences == []
