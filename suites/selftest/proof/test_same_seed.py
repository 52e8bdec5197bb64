"""The seed decides operations, fault schedule and upstream plans."""

from pathlib import Path

import pytest

from harness.cli.operate import options_of, run_target
from harness.model.record import Hashes

pytestmark = [pytest.mark.io, pytest.mark.slow]


def hashes(folder: Path, seed: int) -> Hashes:
    scenarios = ["happy_path", "upstream_stall"]
    options = options_of("reference", scenarios=scenarios, seed=seed, tier="smoke", out=folder)
    run = run_target(options, screen=None)
    return run.read_manifest().hashes


def test_the_same_seed_twice_gives_equal_hashes_and_another_gives_others(tmp_path: Path) -> None:
    once, again = hashes(tmp_path / "1", 7), hashes(tmp_path / "2", 7)
    assert once == again
    assert all(len(digest) == 64 for digest in (once.operations, once.faults, once.upstream_plans))
    other = hashes(tmp_path / "3", 8)
    assert other.operations != once.operations
    assert other.faults != once.faults
    assert other.upstream_plans != once.upstream_plans
