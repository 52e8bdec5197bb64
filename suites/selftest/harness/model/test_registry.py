"""A family is a folder, and loud where a scan is silent elsewhere."""

import sys
from pathlib import Path

import pytest

from harness.model.errors import HarnessError, UnknownNameError
from harness.model.registry import Registry


def a_family(folder: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> str:
    """Write a package whose files run the given lines; return its name."""
    package = f"family_{folder.name}"
    place = folder / package
    place.mkdir()
    (place / "__init__.py").write_text('"""A family."""\n')
    (place / "base.py").write_text(
        "from harness.model.registry import Registry\n"
        f"FAMILY: Registry[str] = Registry({package!r}, 'beast')\n"
    )
    for name, lines in files.items():
        (place / f"{name}.py").write_text(f"from {package}.base import FAMILY\n{lines}\n")
    monkeypatch.syspath_prepend(str(folder))
    return package


def family_of(package: str) -> Registry[str]:
    __import__(f"{package}.base")
    family = sys.modules[f"{package}.base"].FAMILY
    assert isinstance(family, Registry)
    return family


def test_every_file_of_the_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = a_family(
        tmp_path,
        monkeypatch,
        zebra="FAMILY.register('zebra', 'striped', module=__name__)",
        ape="FAMILY.register('ape', 'hairy', module=__name__)",
    )
    family = family_of(package)
    assert family.names() == ("ape", "zebra")
    assert list(family) == ["hairy", "striped"]
    assert family.get("zebra") == "striped"
    assert family.load() is family


def test_a_file_that_registers_nothing_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = a_family(tmp_path, monkeypatch, mute="NOTHING = None")
    with pytest.raises(HarnessError, match=r"mute registers no beast\."):
        family_of(package).names()


def test_a_name_that_is_taken_names_both_files() -> None:
    family: Registry[int] = Registry("nowhere", "beast")
    family.register("ape", 1, module="one")
    family.register("ape", 2, module="one")  # the same file once more: a reload
    with pytest.raises(HarnessError, match="beast 'ape' is registered by one and by two"):
        family.register("ape", 3, module="two")


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    from harness.checks.base import CHECKS

    with pytest.raises(UnknownNameError, match="unknown rule 'EOS-9'; did you mean 'EOS-"):
        CHECKS.get("EOS-9")
    with pytest.raises(UnknownNameError, match="known are: AUD-1, "):
        CHECKS.get("nothing like it")
