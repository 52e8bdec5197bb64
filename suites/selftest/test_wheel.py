"""The wheel holds what it should, and works beside somebody else's packages of the same names."""

import os
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import harness
from suites.selftest import tidy

pytestmark = [pytest.mark.io, pytest.mark.slow, pytest.mark.timeout(180)]

GENERIC_NAMES = ("harness", "reports", "suites")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-P", "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``voicecert`` command of a fresh environment that borrows only our dependencies."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    _run(sys.executable, "-P", "-m", "pip", "--python", str(python), "--disable-pip-version-check",
         "install", "--quiet", "--no-deps", "--no-index", str(wheel))  # fmt: skip
    packages = _run(str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    borrowed = "\n".join(site.getsitepackages())  # read after the environment's own packages
    (Path(packages.stdout.strip()) / "borrowed.pth").write_text(borrowed)
    return home / "bin" / "voicecert"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Somebody's repository that owns packages of our names; importing one is an error."""
    for name in GENERIC_NAMES:
        package = tmp_path / name
        package.mkdir()
        (package / "__init__.py").write_text(f"raise RuntimeError('a foreign {name}')\n")
    return tmp_path


def test_the_wheel_has_our_packages_and_nothing_else_at_its_top(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in _content(wheel)}
    metadata = f"voicecert-{harness.__version__}.dist-info"
    assert tops == {*tidy.PACKAGES, "voicecert", metadata}


def test_the_wheel_carries_each_file_of_the_packages_but_the_selftests(wheel: Path) -> None:
    expected = {
        name
        for name in map(tidy.name_of, tidy.project_files())
        if name.startswith(tuple(f"{package}/" for package in tidy.PACKAGES))
        and not name.startswith("suites/selftest/")
    }
    found = {name for name in _content(wheel) if name.split("/")[0] in tidy.PACKAGES}
    assert found == expected


def test_the_wheel_is_typed_and_licensed(wheel: Path) -> None:
    content = _content(wheel)
    assert {"voicecert/__init__.py", "voicecert/py.typed"} <= content
    assert {f"{package}/py.typed" for package in tidy.PACKAGES} <= content
    assert any(name.endswith("/licenses/LICENSE") for name in content)


def test_the_command_works_in_a_repository_that_owns_our_names(
    command: Path, repository: Path
) -> None:
    answer = _run(str(command), "--version", cwd=repository)
    assert harness.__version__ in answer.stdout


def test_the_command_finds_the_families_in_the_wheel(command: Path, tmp_path: Path) -> None:
    answer = _run(str(command), "list", "rules", cwd=tmp_path)
    assert "EOS-1" in answer.stdout


def test_a_shadowed_package_is_named_in_one_sentence(command: Path, repository: Path) -> None:
    answer = _run(str(command), "--version", cwd=repository, code=3, PYTHONPATH=str(repository))
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert str(repository / "harness") in answer.stderr


def _content(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _run(
    *argv: str, cwd: Path = tidy.ROOT, code: int = 0, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and expect its exit code; PYTHONPATH only if it is given."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    answer = subprocess.run(
        argv, cwd=cwd, env=inherited | environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == code, answer.stdout + answer.stderr
    return answer
