"""What the sub-commands share: options, the console, places, and errors as exit codes."""

import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from harness import __version__
from harness.adapters.base import ADAPTERS
from harness.judging.judge import check_limit_names
from harness.model.errors import UsageError
from harness.model.record import Manifest, RunFolder
from harness.model.target import Target, check_places, load_target, shipped_targets
from harness.scenarios.base import SCENARIOS, certifying
from harness.sut.base import check_placeholders

TIERS = ("smoke", "standard", "full")
SEED_BITS = 32

TargetName = Annotated[str, typer.Argument(help="A target file, or the name of a shipped target.")]
Seed = Annotated[int | None, typer.Option(help="Replays a run; a fresh one is printed otherwise.")]
Tier = Annotated[str, typer.Option(help="How much is run: smoke, standard or full.")]
ScenarioNames = Annotated[
    list[str] | None, typer.Option("--scenario", help="Only this scenario; may be repeated.")
]
Out = Annotated[Path | None, typer.Option(help="The run folder to make.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
RunPath = Annotated[Path, typer.Argument(help="A run folder.")]

app = typer.Typer(
    name="voicecert",
    help="Certify a real-time voice platform from evidence.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
"""The application; each file of this folder adds its own command."""


def _tell_version(is_asked: bool) -> None:  # noqa: FBT001 - a callback of the command line
    if is_asked:
        sys.stdout.write(f"voicecert {__version__}\n")
        raise typer.Exit(0)


@app.callback()
def voicecert(
    _version: Annotated[  # noqa: FBT002 - a flag of the command line
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    """Certify a real-time voice platform from evidence."""


def console() -> Console:
    """Return the console for people: standard error, so that JSON can stand alone."""
    return Console(stderr=True, highlight=False)


def root() -> Path:
    """Return the folder in which the packages lie."""
    return Path(__file__).resolve().parents[2]


def target_of(name: str) -> Target:
    """Load a target and check everything in it that can be checked before a start.

    Raises:
        UsageError: what is wrong in it.
    """
    target = load_target(name, shipped=shipped_targets(root()))
    check_limit_names(target)
    check_places(target)
    check_placeholders(target)
    ADAPTERS.get(target.adapter.name)
    return target


def scenarios_of(names: list[str] | None, target: Target) -> tuple[str, ...]:
    """Return the scenarios asked for, those that the target expects, or a whole certification.

    Raises:
        UnknownNameError: there is no such scenario.
    """
    chosen = names or list(target.expect.scenarios) or list(certifying())
    for name in chosen:
        SCENARIOS.get(name)
    return tuple(dict.fromkeys(chosen))


def tier_of(name: str) -> str:
    """Return the tier.

    Raises:
        UsageError: there is no such tier.
    """
    if name not in TIERS:
        raise UsageError(f"unknown tier {name!r}; known: {', '.join(TIERS)}.")
    return name


def seed_of(seed: int | None) -> int:
    """Return the seed asked for, or a fresh one.

    Raises:
        UsageError: it is negative.
    """
    if seed is None:
        return secrets.randbits(SEED_BITS)
    if seed < 0:
        raise UsageError(f"--seed {seed}: expected a whole number of at least 0.")
    return seed


def out_folder(out: Path | None, *, name: str) -> Path:
    """Return where the run goes: the folder asked for, or a fresh one of the usual place."""
    if out is not None:
        return out
    checkout = root()
    is_checkout = (checkout / "pyproject.toml").is_file()
    base = checkout / "reports" / "out" if is_checkout else Path("voicecert-out")
    number = 1
    while (base / f"{name}-{number}").exists():
        number += 1
    return base / f"{name}-{number}"


def manifest_of(folder: RunFolder) -> Manifest:
    """Read the manifest of a run folder; the folder must exist.

    Raises:
        UsageError: no such folder, or it holds no run.
    """
    if not folder.path.is_dir():
        raise UsageError(f"no run folder {str(folder.path)!r}; `voicecert run` makes one.")
    return folder.read_manifest()
