"""`voicecert compare` on two records that exist already."""

import json
from pathlib import Path

import pytest

from harness.cli.compare import compare
from harness.model.errors import UsageError
from harness.model.record import RunFolder
from suites.selftest.harness.cli.test_tally import SCENARIO, ended, stuck
from suites.selftest.harness.judged import recorded
from suites.selftest.harness.story import Story


@pytest.fixture
def folders(tmp_path: Path) -> tuple[RunFolder, RunFolder]:
    bad = ended(stuck(Story(scenario=SCENARIO, sessions=(1, 2)), 1), 5000)
    quiet = ended(Story(scenario=SCENARIO, sessions=(1, 2)), 5000)
    return recorded(tmp_path / "stuck", bad), recorded(tmp_path / "quiet", quiet)


def test_two_run_folders_are_compared_without_playing_anything(
    folders: tuple[RunFolder, RunFolder], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = folders
    compare(str(one.path), str(other.path), seed=1, out=tmp_path / "out", as_json=True)
    shown = json.loads(capsys.readouterr().out)
    rows = {s["words"]: s["sessions"] for s in shown["sides"][0]["symptoms"]}
    assert rows["stuck in 'speaking'"] == 1
    assert [side["sessions"] for side in shown["sides"]] == [2, 2]
    assert json.loads((tmp_path / "out" / "comparison.json").read_text()) == shown


def test_the_last_line_is_the_path_of_the_page(
    folders: tuple[RunFolder, RunFolder], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = folders
    compare(str(one.path), str(other.path), seed=1, out=tmp_path / "out")
    last = capsys.readouterr().out.splitlines()[-1]
    assert Path(last) == tmp_path / "out" / "comparison.html"
    assert "<svg" in Path(last).read_text("utf-8")


def test_what_is_neither_a_target_nor_a_run_is_told_before_anything_is_played(
    tmp_path: Path,
) -> None:
    with pytest.raises(UsageError, match="no target file 'nobody'"):
        compare("reference", "nobody", seed=1, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
