"""What the tidiness tests read: the files of this project, and the sizes of what stands in them."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("harness", "fake_groq", "reference_impl", "suites", "reports")
FAMILIES = (
    "harness/adapters",
    "harness/checks",
    "harness/faults",
    "harness/probes",
    "harness/scenarios",
    "harness/sut",
    "harness/toxiproxy/toxics",
    "harness/cli",
    "fake_groq/faults",
    "reference_impl/mutants",
    "reference_impl/variants",
    "reports/formats",
)

_PASSED_OVER = {".git", ".venv", ".cache", "__pycache__", "dist", "out", "voicecert-out"}


def project_files() -> tuple[Path, ...]:
    """Return what git tracks or would track; in a copy without git, what looks like it."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if (ROOT / ".git").exists() and listing.returncode == 0:
        found = [ROOT / name for name in listing.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not _is_passed_over(path)]
    return tuple(sorted(path for path in found if path.is_file()))


def sources() -> tuple[Path, ...]:
    """Return the Python files of the project, in order."""
    return tuple(path for path in project_files() if path.suffix == ".py")


def name_of(path: Path) -> str:
    """Return the path as people say it: relative to the project, with slashes."""
    return path.relative_to(ROOT).as_posix()


def lines_of(path: Path) -> int:
    """Return the number of lines of a file."""
    return len(path.read_text("utf-8").splitlines())


def functions_of(path: Path) -> Iterator[tuple[str, int]]:
    """Yield (``file:function``, lines) of each function, its decorators not counted."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield f"{name_of(path)}:{node.name}", node.end_lineno - node.lineno + 1


def docstring_of(path: Path) -> str:
    """Return the docstring of a module, "" if it has none."""
    return ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""


def family_members() -> tuple[Path, ...]:
    """Return the files that are one member of a family each."""
    folders = {ROOT / family for family in FAMILIES}
    return tuple(
        path
        for path in sources()
        if path.parent in folders and path.name not in {"__init__.py", "__main__.py", "base.py"}
    )


def is_text(path: Path) -> bool:
    """Say whether a file can be read as UTF-8."""
    try:
        path.read_text("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def words_found(pattern: re.Pattern[str], path: Path) -> Iterator[str]:
    """Yield ``file:line: text`` for each line in which the pattern occurs."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if pattern.search(line):
            yield f"{name_of(path)}:{number}: {line.strip()[:120]}"


def _is_passed_over(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any(part in _PASSED_OVER or part.endswith((".egg-info", "_cache")) for part in parts)
