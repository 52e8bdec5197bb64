"""Where the real Toxiproxy server comes from.

In this order: a server that runs already (``TOXIPROXY_URL``), ``toxiproxy-server`` on the path, the
project's cache, a build with Go into that cache. None of them: the stand-in takes its place.
There is no download of a release: a release needs a checksum that somebody has verified, and none
is pinned here yet.
"""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import platformdirs

from harness.model.errors import UsageError

PINNED_VERSION = "2.12.0"
MODULE = "github.com/Shopify/toxiproxy/v2"
BINARY_NAME = "toxiproxy-server"
STAND_IN = "stand-in"
BUILD_S_MAX = 600.0
VERSION_S_MAX = 10.0

Origin = Literal["url", "path", "cache", "built"]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    """A Toxiproxy server that can be had.

    Exactly one of ``path`` (to be started) and ``url`` (runs already) is set. ``version`` is what
    the program says of itself, ``git`` for a plain ``go install``; "" for a URL not yet asked.
    """

    origin: Origin
    path: Path | None = None
    url: str | None = None
    version: str = ""


def find_or_build(cache: Path, *, offline: bool = False, say: Say | None = None) -> Binary | None:
    """Return a real server, building one in ``cache`` where Go is present; None means stand-in.

    A build takes about 30 s and the network; ``offline`` forbids it. ``say`` is told, in whole
    sentences, what takes long and why there is no real server.

    Raises:
        UsageError: ``VOICECERT_TOXIPROXY`` or ``TOXIPROXY_URL`` has a value that cannot be meant.
    """
    tell = say or _silent
    wish = os.environ.get("VOICECERT_TOXIPROXY", "")
    if wish not in {"", "real", STAND_IN}:
        raise UsageError(
            f"VOICECERT_TOXIPROXY is {wish!r}; give 'real', '{STAND_IN}' or leave it out."
        )
    if wish == STAND_IN:
        tell("VOICECERT_TOXIPROXY asks for the stand-in; no real Toxiproxy is used.")
        return None
    found = _remote() or _on_path() or _cached(cache)
    if found is not None:
        return found
    return _build(cache, offline=offline, tell=tell)


def default_cache() -> Path:
    """Return the project's cache: ``VOICECERT_CACHE``, a checkout's ``.cache``, or the user's."""
    named = os.environ.get("VOICECERT_CACHE")
    if named:
        return Path(named).absolute()
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file():
        return checkout / ".cache"
    return Path(platformdirs.user_cache_dir("voicecert"))


def cached_path(cache: Path) -> Path:
    """Return where the pinned server lies in ``cache``, whether or not it is there."""
    return cache / "toxiproxy" / PINNED_VERSION / BINARY_NAME


def _silent(_sentence: str) -> None:
    """Tell nobody."""


def _remote() -> Binary | None:
    url = os.environ.get("TOXIPROXY_URL")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme == "http" and parts.hostname is not None and bool(parts.port)
    except ValueError:
        is_usable = False
    if not is_usable:
        raise UsageError(f"TOXIPROXY_URL is {url!r}; give it as http://HOST:PORT.")
    return Binary(origin="url", url=url)


def _on_path() -> Binary | None:
    found = shutil.which(BINARY_NAME)
    return _examined(Path(found), "path") if found else None


def _cached(cache: Path) -> Binary | None:
    path = cached_path(cache)
    return _examined(path, "cache") if path.is_file() else None


def _examined(path: Path, origin: Origin) -> Binary | None:
    """Return the program at ``path`` if it runs here and names its version."""
    version = _version_of(path)
    return Binary(origin=origin, path=path, version=version) if version else None


def _version_of(path: Path) -> str | None:
    try:
        answer = subprocess.run(
            [str(path), "-version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=VERSION_S_MAX,
            check=True,
            text=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    said = re.search(r"version\s+(\S+)", answer.stdout)
    return said.group(1) if said else None


def _build(cache: Path, *, offline: bool, tell: Say) -> Binary | None:
    if offline:
        tell("No Toxiproxy server is in reach and no build is allowed; the stand-in is used.")
        return None
    go = shutil.which("go")
    if go is None:
        tell("No Toxiproxy server and no Go to build one were found; the stand-in is used.")
        return None
    home = cached_path(cache).parent
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home / "build.lock", tell):
        found = _cached(cache)  # another run may have built it while this one waited
        if found is not None:
            return found
        for left_over in home.glob("build-*"):  # of a build that was killed
            if left_over.is_dir():
                shutil.rmtree(left_over, ignore_errors=True)
        tell(f"Building Toxiproxy {PINNED_VERSION} with Go, once; about 30 s.")
        return _build_in(home, go, tell)


@contextmanager
def _alone(lock: Path, tell: Say) -> Iterator[None]:
    """Hold ``lock`` so that two runs do not build twice; it ends with the process at the latest."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("Another run is building Toxiproxy; waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build_in(home: Path, go: str, tell: Say) -> Binary | None:
    """Build in a folder of its own beside the goal, then rename: the goal is whole or absent."""
    with tempfile.TemporaryDirectory(
        prefix="build-", dir=home, ignore_cleanup_errors=True
    ) as folder:
        work = Path(folder)
        failure = _go_install(go, work)
        built = work / "bin" / "server"
        version = _version_of(built) if failure is None else None
        if version is None:
            why = failure or "the program that came out does not run"
            tell(f"Toxiproxy could not be built ({why}); the stand-in is used.")
            return None
        goal = home / BINARY_NAME
        built.replace(goal)
    return Binary(origin="built", path=goal, version=version)


def _go_install(go: str, work: Path) -> str | None:
    """Run Go with folders of its own inside ``work``; return why it failed, None if it did not."""
    command = [
        go,
        "install",
        "-ldflags",
        f"-s -w -X {MODULE}.Version={PINNED_VERSION}",
        f"{MODULE}/cmd/server@v{PINNED_VERSION}",
    ]
    try:
        ended = subprocess.run(
            command,
            cwd=work,
            env=_go_environment(work),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=BUILD_S_MAX,
            check=False,
            text=True,
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        return f"Go was still at work after {BUILD_S_MAX:.0f} s"
    except OSError as error:
        return f"Go did not start: {error.strerror}"
    if ended.returncode != 0:
        last = (ended.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return f"Go ended with {ended.returncode}: {last}"
    return None


def _go_environment(work: Path) -> dict[str, str]:
    """Return an environment in which Go touches nothing outside ``work``.

    Without ``-modcacherw`` the module cache is read-only and could not be deleted afterwards.
    """
    environment = dict(os.environ)
    for foreign in ("GOOS", "GOARCH", "GOROOT", "GOMODCACHE", "GOEXPERIMENT"):
        environment.pop(foreign, None)
    return environment | {
        "GOBIN": str(work / "bin"),
        "GOPATH": str(work / "path"),
        "GOCACHE": str(work / "cache"),
        "GOTMPDIR": str(work),
        "GOFLAGS": "-modcacherw",
        "GOWORK": "off",
        "GO111MODULE": "on",
        "CGO_ENABLED": "0",
    }
