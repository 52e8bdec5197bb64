"""A target file: how to reach a platform, what it declares, and the limits it is held to.

TOML. An unknown key is an error that names it and the nearest one that exists. ``extends`` names
another target whose values are taken where this file is silent.
"""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

import msgspec

from harness.model.errors import UsageError

Reason = Literal["completed", "stopped", "superseded", "upstream_error", "timeout", "cleanup"]


class Sut(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the SUT is started or reached.

    ``command`` starts a child process; without it ``url`` is a platform that already runs.
    Placeholders: {python} {port} {upstream.ws} {upstream.http} {end_marker} {seed}. The word
    {program} of the command stands for the words of ``program``, so that a target which
    ``extends`` another may run something else in the same way.
    """

    url: str
    program: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    working_folder: str | None = None
    ready: str | None = None
    ready_timeout_ms: int = 15_000
    process_tree: bool = True

    @property
    def argv(self) -> tuple[str, ...]:
        """Return the words of the command with those of the program in their place."""
        spliced = (self.program if word == "{program}" else (word,) for word in self.command)
        return tuple(word for words in spliced for word in words)


class Log(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The SUT's log, one JSON object per line: what it prints, or the file at ``path``.

    A line is a cleanup call where all pairs of ``cleanup`` are in it; ``session`` and ``message``
    are the keys that name whose it is. Without ``cleanup`` the log is not read.
    """

    cleanup: dict[str, str] = {}
    session: str = "session"
    message: str = "message_id"
    path: str | None = None


class Hooks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Test hooks of the SUT over HTTP; {port} is its port, {session} the client's session id.

    ``cleanup`` is POSTed to call the cleanup of a session. ``resources`` is read by GET and answers
    one JSON object of counts: tasks, timers, listeners and whatever else must not grow.
    """

    cleanup: str | None = None
    resources: str | None = None


class AdapterChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which client protocol the platform speaks."""

    name: str = "reference"


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the platform declares about itself; defaults are the strictest that is common."""

    on_new_message: Literal["supersede", "queue", "reject"] = "supersede"
    segments: Literal["one", "sequential", "prefetch"] = "one"
    streams_live_max: int = 1
    upstream_socket: Literal["per_message", "per_session", "pooled"] = "per_message"
    on_upstream_failure: Literal["error", "retry_before_audio", "restart", "resume"] = "error"
    end_markers: tuple[str, ...] = ("text",)
    end_signal: Literal["delivery", "playback", "synthesis"] = "delivery"
    on_stop: Literal["current", "all"] = "current"
    prefetch_next: bool = False
    reasons: dict[str, Reason] | None = None
    silence: Literal["pass", "strip", "insert"] = "pass"
    fidelity: Literal["exact", "spectral", "none"] = "exact"
    quiet_ms: int = 500
    completion_idle_ms: int = 10_000
    first_byte_ms: int | None = None
    jitter_buffer_ms: int = 200
    vanish_detection_ms: int = 45_000
    vanish_detection: Literal["none", "ping"] = "none"
    buffer_bytes_max: int = 16 * 1024 * 1024
    close_handshake_ms: int = 11_000
    extra_audio: Literal["none", "allowed"] = "none"
    text: Literal["verbatim", "normalised", "generated"] = "verbatim"
    user_key: bool = False

    @property
    def silence_budget_ms(self) -> int:
        """Return ms after which a message whose upstream never spoke must be given up."""
        return self.completion_idle_ms if self.first_byte_ms is None else self.first_byte_ms

    @property
    def longest_silence_ms(self) -> int:
        """Return ms of silence after which any message must be given up, begun or not."""
        return max(self.completion_idle_ms, self.silence_budget_ms)


class Upstream(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the platform's upstream looks: profile, end marker, and a fixed address if it has one.

    ``ledger`` of false leaves the upstream's own record out of the evidence: a black box.
    """

    profile: Literal["ws", "http"] = "ws"
    end_marker: str = "text:__END__"
    listen: str | None = None
    ledger: bool = True


class Expectation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the selftest expects of a known-bad or a right variant; empty for other targets.

    ``rule`` is the rule that must fail; None means that every rule must pass. ``tier`` is how much
    it takes to see that: what happens once in a hundred messages needs more than a smoke run.
    """

    rule: str | None = None
    scenarios: tuple[str, ...] = ()
    tier: Literal["smoke", "standard", "full"] = "smoke"


class Target(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that a target file says; ``name`` is the file's own."""

    sut: Sut
    name: str = ""
    title: str = ""
    adapter: AdapterChoice = AdapterChoice()
    behaviour: Behaviour = Behaviour()
    limits: dict[str, dict[str, float] | float] = {}
    upstream: Upstream = Upstream()
    log: Log = Log()
    hooks: Hooks = Hooks()
    expect: Expectation = Expectation()

    @property
    def is_remote(self) -> bool:
        """Tell whether the platform runs already and is only dialled."""
        return not self.sut.command


SHIPPED = ("reference_impl/targets", "reference_impl/mutants", "reference_impl/variants")


def shipped_targets(root: Path) -> dict[str, Path]:
    """Return the target files that come with the package, by name."""
    files = (file for folder in SHIPPED for file in sorted((root / folder).glob("*.toml")))
    return {file.stem: file for file in files}


def load_target(name: str, *, shipped: dict[str, Path]) -> Target:
    """Read the target file at the path ``name``, or the shipped one of that name.

    Raises:
        UsageError: no such file, no TOML, an unknown key, or a value of the wrong kind.
    """
    path = shipped.get(name) or Path(name)
    return _convert(_read(path, shipped, depth=0), path)


def _read(path: Path, shipped: dict[str, Path], *, depth: int) -> dict[str, Any]:
    if not path.is_file():
        near = difflib.get_close_matches(str(path), shipped, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "give a path, or one of `list targets`."
        raise UsageError(f"no target file {str(path)!r}; {hint}")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"target file {path.name} is no TOML: {error}.") from error
    table["name"] = path.stem
    base = table.pop("extends", None)
    if base is None:
        return table
    if depth > 4:
        raise UsageError(f"target file {path.name}: `extends` goes round in a circle.")
    beside = path.with_name(f"{base}.toml")
    parent = shipped.get(str(base)) or (beside if beside.is_file() else Path(str(base)))
    return _merge(_read(parent, shipped, depth=depth + 1), table)


def check_places(target: Target) -> None:
    """Refuse addresses that cannot work, before anything is started.

    Raises:
        UsageError: which one, and what is expected.
    """
    sut, listen = target.sut, target.upstream.listen
    if not sut.url.startswith("ws://"):
        raise UsageError(f"sut.url {sut.url!r}: expected ws://HOST:PORT/PATH; TLS is not spoken.")
    try:
        port = urlsplit(sut.url.replace("{port}", "1")).port
    except ValueError as error:
        raise UsageError(f"sut.url {sut.url!r}: {error}.") from error
    if port == 0:
        raise UsageError(f"sut.url {sut.url!r}: port 0 is no port to dial.")
    if target.is_remote and listen is None:
        raise UsageError(
            "a platform that runs already needs `[upstream] listen`: the HOST:PORT at which it"
            " was told to find its speech provider."
        )
    if listen is not None and not re.fullmatch(r"[^:/\s]+:[0-9]{1,5}", listen):
        raise UsageError(f"upstream.listen {listen!r}: expected HOST:PORT, as in 127.0.0.1:9100.")


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _convert(table: dict[str, Any], path: Path) -> Target:
    _check_keys(table, Target, path, at="")
    behaviour = table.get("behaviour")
    if isinstance(behaviour, dict) and behaviour.get("reasons") == "none":
        behaviour["reasons"] = None  # in the place of a table of the target that it extends
    try:
        return msgspec.convert(table, Target)
    except msgspec.ValidationError as error:
        hint = _hint(str(error), table)
        raise UsageError(f"target file {path.name}: {error}{hint}.") from error


def _hint(error: str, table: dict[str, Any]) -> str:
    """Return the values that are allowed at the place that the error names, nearest first."""
    found = re.search(r"Invalid enum value .* at `\$\.(\w+)\.(\w+)`", error)
    if found is None:
        return ""
    section = next(f.type for f in msgspec.structs.fields(Target) if f.encode_name == found[1])
    kind = next(f.type for f in msgspec.structs.fields(section) if f.encode_name == found[2])
    allowed = [str(value) for value in get_args(kind)]
    near = difflib.get_close_matches(str(table[found[1]][found[2]]), allowed, n=1)
    did = f"; did you mean {near[0]!r}?" if near else ";"
    return f"{did} Allowed: {', '.join(allowed)}"


def _check_keys(table: dict[str, Any], shape: type[msgspec.Struct], path: Path, *, at: str) -> None:
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(shape)}
    for key, value in table.items():
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1, cutoff=0.4)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(fields))}."
            raise UsageError(f"target file {path.name}: unknown key {at + key!r}; {hint}")
        inner = fields[key]
        if (
            isinstance(inner, type)
            and issubclass(inner, msgspec.Struct)
            and isinstance(value, dict)
        ):
            _check_keys(value, inner, path, at=f"{at}{key}.")
