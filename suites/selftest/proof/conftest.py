"""One recorded pass of the reference, shared by the proofs that tamper with it."""

from dataclasses import dataclass

import pytest

from harness.cli.operate import judge_folder, options_of, run_target
from harness.model.events import Event
from harness.model.record import Manifest, RunFolder
from harness.model.trace import Reading, read_events
from harness.model.verdict import Judgement

SCENARIOS = ("happy_path", "random_stop", "rapid_messages", "upstream_faults")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPass:
    """A run of the reference that passed: its folder, manifest, events and verdicts."""

    folder: RunFolder
    manifest: Manifest
    events: tuple[Event, ...]
    judgement: Judgement


@pytest.fixture(scope="session")
def recorded_pass(tmp_path_factory: pytest.TempPathFactory) -> RecordedPass:
    """Run the reference once, in the smoke tier."""
    place = tmp_path_factory.mktemp("pass") / "run"
    options = options_of(
        "reference", scenarios=list(SCENARIOS), seed=20261124, tier="smoke", out=place
    )
    folder = run_target(options, screen=None)
    manifest, judgement = judge_folder(folder)
    events = tuple(read_events(folder.part_files(), Reading()))
    return RecordedPass(folder=folder, manifest=manifest, events=events, judgement=judgement)
