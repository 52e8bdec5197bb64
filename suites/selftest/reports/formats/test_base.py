"""A format writes one file, in one step."""

from pathlib import Path

import pytest

from harness.model.errors import HarnessError, UsageError
from reports.certificate import make
from reports.formats.base import FORMATS
from suites.selftest.reports.staging import a_judgement, a_manifest


def test_every_format_of_the_folder_is_found() -> None:
    assert FORMATS.names() == ("html", "json", "text")


def test_a_format_writes_its_file_and_nothing_else(tmp_path: Path) -> None:
    made = make(a_manifest(), a_judgement())
    for name in FORMATS.names():
        FORMATS.get(name).write(made, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "certificate.html",
        "certificate.json",
        "certificate.txt",
    ]


def test_a_folder_that_is_not_there_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"certificate\.json cannot be written: No such file"):
        FORMATS.get("json").write(make(a_manifest(), a_judgement()), tmp_path / "gone")


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(HarnessError, match="html"):
        FORMATS.get("htm")
