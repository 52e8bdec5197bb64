"""The run folder: what is written can be read, and what is missing is said."""

from pathlib import Path

import pytest

from harness.model.errors import UsageError
from harness.model.operations import Connect, ScenarioPlan, SessionPlan, Speak
from harness.model.record import RunFolder
from suites.selftest.harness.judged import judged, manifest
from suites.selftest.harness.story import Story


def a_folder(place: Path) -> RunFolder:
    folder = RunFolder(place / "run")
    folder.create()
    return folder


def test_a_manifest_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    written = manifest(
        behaviour={"quiet_ms": 700, "end_markers": ("text", "json")},
        limits={"STOP-3": 100.0, "EOS-4": {"silent_ms": 1.0}},
    )
    folder.write_manifest(written)
    assert folder.read_manifest() == written


def test_verdicts_come_back_as_they_were_and_the_same_ones_are_the_same_bytes(
    tmp_path: Path,
) -> None:
    folder = a_folder(tmp_path)
    judgement = judged(Story().voiced(0).end(370).latency(0, 500, link="client", latency_ms=9))
    folder.write_judgement(judgement)
    first = folder.verdicts_file.read_bytes()
    assert folder.read_judgement() == judgement
    folder.write_judgement(judgement)
    assert folder.verdicts_file.read_bytes() == first


def test_plans_are_stored(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    session = SessionPlan(session=1, operations=(Connect(), Speak(message=1, text="one")))
    folder.write_plans((ScenarioPlan(scenario="happy_path", sessions=(session,)),))
    assert '"speak"' in folder.plans_file.read_text(encoding="utf-8")


def test_a_folder_that_holds_a_run_is_not_written_over(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    folder.create()  # an empty one may be used
    folder.write_manifest(manifest())
    with pytest.raises(UsageError, match="holds a run already; name another folder"):
        folder.create()


def test_parts_are_found_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    with pytest.raises(UsageError, match="holds no part of a trace"):
        folder.part_files()
    for name in ("upstream.jsonl", "harness.jsonl", "notes.txt"):
        (folder.parts / name).write_bytes(b"")
    assert [file.name for file in folder.part_files()] == ["harness.jsonl", "upstream.jsonl"]


def test_what_is_missing_is_said_with_what_to_do(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "nothing")
    with pytest.raises(UsageError, match=r"no manifest.json in .*; run `voicecert run`"):
        folder.read_manifest()
    with pytest.raises(UsageError, match=r"no verdicts.json in .*; run `voicecert judge "):
        folder.read_judgement()


@pytest.mark.parametrize("text", ["", "{", '{"schema": 1}', "[]"])
def test_a_manifest_that_was_cut_is_said(tmp_path: Path, text: str) -> None:
    folder = a_folder(tmp_path)
    folder.manifest_file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be read"):
        folder.read_manifest()
