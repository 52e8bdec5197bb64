"""A run is a folder: a manifest, the parts of its trace, verdicts, and the documents.

RUN/manifest.json        what was run, with what, on what; rewritten when the run is over
RUN/plans.json           every scenario as it was played, from the seed
RUN/parts/*.jsonl        events, one a line, append-only, one file per writing process
RUN/logs/                what the processes printed
RUN/verdicts.json        made by the judge, may be made again
RUN/certificate.*        made by the reports, may be made again
"""

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from harness.model.errors import UsageError
from harness.model.operations import ScenarioPlan
from harness.model.target import Target
from harness.model.verdict import Judgement

Shape = TypeVar("Shape", bound=msgspec.Struct)
MANIFEST_SCHEMA = 1  # 1: first version


class Toxiproxy(msgspec.Struct, frozen=True, kw_only=True):
    """Which proxy stood between the parts: the real server or our stand-in."""

    kind: str
    version: str


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """What the run ran on, as far as a verdict may depend on it."""

    python: str
    platform: str
    cpu_count: int
    toxiproxy: Toxiproxy
    versions: dict[str, str] = {}


class Hashes(msgspec.Struct, frozen=True, kw_only=True):
    """SHA-256 of what the seed decides: equal seeds give equal hashes."""

    operations: str = ""
    faults: str = ""
    upstream_plans: str = ""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a run was; ``state`` is running, complete or interrupted.

    ``target_given`` is the target as the user named it: a shipped name, or a path.
    """

    schema: int
    run: str
    version: str
    checklist: str
    started_at: str
    state: str
    seed: int
    nonce: int
    tier: str
    scenarios: tuple[str, ...]
    scenarios_available: int = 0
    target: Target
    target_given: str = ""
    vantages: str
    environment: Environment
    hashes: Hashes = Hashes()
    timings_s: dict[str, float] = {}
    problems: tuple[str, ...] = ()


class RunFolder:
    """The places of one run on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()  # children of the harness work in another folder
        self.parts = self.path / "parts"
        self.logs = self.path / "logs"
        self.manifest_file = self.path / "manifest.json"
        self.plans_file = self.path / "plans.json"
        self.verdicts_file = self.path / "verdicts.json"

    def create(self) -> None:
        """Make the folders; a folder that holds a run already is an error."""
        if self.manifest_file.exists():
            raise UsageError(f"{self.path} holds a run already; name another folder.")
        try:
            self.parts.mkdir(parents=True, exist_ok=True)
            self.logs.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot make a run folder at {self.path}: {error}.") from error

    def write_manifest(self, manifest: Manifest) -> None:
        """Replace the manifest in one step, so that a reader never sees half of it."""
        _write(self.manifest_file, manifest)

    def write_plans(self, plans: tuple[ScenarioPlan, ...]) -> None:
        """Store the scenarios as they were played."""
        _write(self.plans_file, plans)

    def write_judgement(self, judgement: Judgement) -> None:
        """Store the verdicts; the same judgement gives the same bytes."""
        _write(self.verdicts_file, judgement)

    def read_manifest(self) -> Manifest:
        """Read the manifest.

        Raises:
            UsageError: this folder holds no run, or its manifest cannot be read.
        """
        return _read(self.manifest_file, Manifest, "run `voicecert run` to make one")

    def read_judgement(self) -> Judgement:
        """Read the verdicts.

        Raises:
            UsageError: the run was not judged yet, or the file cannot be read.
        """
        return _read(self.verdicts_file, Judgement, f"run `voicecert judge {self.path}` first")

    def part_files(self) -> list[Path]:
        """Return the parts of the trace, sorted by name.

        Raises:
            UsageError: there are none.
        """
        files = sorted(self.parts.glob("*.jsonl"))
        if not files:
            raise UsageError(f"{self.path} holds no part of a trace (parts/*.jsonl).")
        return files


def _write(file: Path, value: Any) -> None:  # noqa: ANN401 - the JSON border
    fresh = file.with_name(file.name + ".new")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")
    fresh.replace(file)


def _read(file: Path, shape: type[Shape], hint: str) -> Shape:
    try:
        return msgspec.json.decode(file.read_bytes(), type=shape)
    except FileNotFoundError:
        raise UsageError(f"no {file.name} in {file.parent}; {hint}.") from None
    except (msgspec.DecodeError, OSError) as error:
        raise UsageError(f"{file} cannot be read: {error}.") from error
