"""The seed decides operations, fault schedule and upstream plans."""

from pathlib import Path

import pytest

from harness.cli.base import root
from harness.cli.operate import run_target
from harness.model.record import Hashes
from harness.model.target import load_target, shipped_targets

pytestmark = [pytest.mark.io, pytest.mark.slow]


def hashes(folder: Path, seed: int) -> Hashes:
    target = load_target("reference", shipped=shipped_targets(root()))
    scenarios = ("happy_path", "upstream_stall")
    run = run_target(
        target,
        given="reference",
        scenarios=scenarios,
        seed=seed,
        tier="smoke",
        folder=folder,
        screen=None,
    )
    return run.read_manifest().hashes


def test_the_same_seed_twice_gives_equal_hashes_and_another_gives_others(tmp_path: Path) -> None:
    once, again = hashes(tmp_path / "1", 7), hashes(tmp_path / "2", 7)
    assert once == again
    assert all(len(digest) == 64 for digest in (once.operations, once.faults, once.upstream_plans))
    other = hashes(tmp_path / "3", 8)
    assert other.operations != once.operations
    assert other.faults != once.faults
    assert other.upstream_plans != once.upstream_plans
