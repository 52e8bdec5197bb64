"""The style guide where it can be executed: sizes, names, docstrings, the lock file."""

import re
import subprocess
import sys
import tomllib

import pytest

from suites.selftest import tidy

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60

# The ratchet: what is larger today, with its size. Entries may shrink and go; none may be added.
LARGER_FILES: dict[str, int] = {}
LARGER_FUNCTIONS: dict[str, int] = {}

SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}

# Papers and places of the workshop mean nothing to a reader of the product. The pattern is put
# together from pieces, so that it does not find itself.
WORKSHOP = re.compile(
    "|".join(
        [
            r"(?<![\w.])/wor" + r"k\b",
            r"/tmp/v" + r"c\b",
            r"\.\./shar" + r"ed",
            r"\bpoly" + r"glot\b",
            r"\bfac" + r"ts/[a-z-]+\.md",
            r"(?<![\w/-])(?:rul" + r"es|desi" + r"gn|sty" + r"le|pl" + r"an)\.md",
        ]
    )
)


def test_no_file_grows_beyond_its_limit() -> None:
    sizes = {tidy.name_of(path): tidy.lines_of(path) for path in tidy.sources()}
    assert _larger(sizes, FILE_LINES_MAX) == LARGER_FILES


def test_no_function_grows_beyond_its_limit() -> None:
    sizes = dict(size for path in tidy.sources() for size in tidy.functions_of(path))
    assert _larger(sizes, FUNCTION_LINES_MAX) == LARGER_FUNCTIONS


def test_each_module_name_says_something() -> None:
    vague = [tidy.name_of(path) for path in tidy.sources() if path.stem in SAY_NOTHING]
    assert vague == []


def test_each_member_of_a_family_explains_itself() -> None:
    silent = [tidy.name_of(path) for path in tidy.family_members() if not tidy.docstring_of(path)]
    assert silent == []


def test_each_check_begins_with_its_rule() -> None:
    checks = [path for path in tidy.family_members() if path.parent.name == "checks"]
    unnamed = [
        tidy.name_of(path)
        for path in checks
        if not re.match(r"[A-Z]+-\d+\. ", tidy.docstring_of(path))
    ]
    assert unnamed == []


def test_each_folder_is_a_package_that_explains_itself() -> None:
    folders = {path.parent for path in tidy.sources() if path.parent != tidy.ROOT}
    packages = {folder for folder in folders if tidy.name_of(folder) != "benchmarks"}
    silent = [
        tidy.name_of(folder)
        for folder in sorted(packages)
        if not (folder / "__init__.py").is_file() or not tidy.docstring_of(folder / "__init__.py")
    ]
    assert silent == []


def test_no_file_speaks_of_the_workshop() -> None:
    found = [
        line
        for path in tidy.project_files()
        if tidy.is_text(path)
        for line in tidy.words_found(WORKSHOP, path)
    ]
    assert found == []


def test_the_lock_file_holds_hashes_and_no_addresses() -> None:
    text = (tidy.ROOT / "requirements.lock").read_text("utf-8")
    requirements = _locked(text)
    unhashed = [name for name, entry in requirements.items() if "--hash=sha256:" not in entry]
    assert unhashed == []
    assert re.findall(r"\w+://\S+|--(?:index|extra-index|find-links)\S*| @ \S+", text) == []


def test_the_lock_file_pins_each_dependency() -> None:
    project = tomllib.loads((tidy.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.split(r"[<>=!~\[; ]", requirement)[0] for requirement in wanted}
    assert names <= _locked((tidy.ROOT / "requirements.lock").read_text("utf-8")).keys()


def test_each_dependency_has_a_lower_bound() -> None:
    project = tomllib.loads((tidy.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    assert [requirement for requirement in wanted if ">=" not in requirement] == []


@pytest.mark.io
def test_the_public_module_is_light_to_import() -> None:
    program = "import sys, voicecert; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = set(_python(program).split())
    assert loaded.isdisjoint({*tidy.PACKAGES, "aiohttp", "numpy", "typer", "rich", "pytest"})


@pytest.mark.io
def test_the_installed_public_module_is_the_one_of_the_checkout() -> None:
    program = "import voicecert, pathlib; print(pathlib.Path(voicecert.__file__).read_text())"
    current = (tidy.ROOT / "voicecert.py").read_text("utf-8")
    assert _python(program).strip() == current.strip(), "run `make setup`: the install is stale"


def _larger(sizes: dict[str, int], limit: int) -> dict[str, int]:
    return {name: size for name, size in sizes.items() if size > limit}


def _locked(text: str) -> dict[str, str]:
    """Return the entry of each distribution of the lock file (all its versions together)."""
    entries: dict[str, str] = {}
    for entry in re.split(r"\n(?=[a-z0-9])", text):
        found = re.match(r"([a-z0-9][\w.-]*)==", entry)
        if found:
            entries[found[1]] = entries.get(found[1], "") + entry
    return entries


def _python(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True
    ).stdout
