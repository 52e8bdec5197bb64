"""Where the Toxiproxy server comes from, and what happens where it cannot be had."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from harness.model.errors import UsageError
from harness.toxiproxy import binary
from harness.toxiproxy.binary import PINNED_VERSION, cached_path, default_cache, find_or_build

pytestmark = pytest.mark.io

SERVER = f"#!/bin/sh\necho toxiproxy-server version {PINNED_VERSION}\n"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment without any Toxiproxy and without Go; returns a folder on the path."""
    for name in ("TOXIPROXY_URL", "VOICECERT_TOXIPROXY", "VOICECERT_CACHE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def a_go(folder: Path, *, does: str) -> Path:
    """Put a Go on the path that writes down its call and then does something."""
    note = 'echo "$GOFLAGS|$*" >> "$(dirname "$0")/calls"'
    return put(folder / "go", f"#!/bin/sh\n{note}\n{does}\n")


BUILDS = f"mkdir -p $GOBIN $GOPATH $GOCACHE; printf '{SERVER.encode().decode()}' > $GOBIN/server"
BUILDS = f"{BUILDS}; chmod +x $GOBIN/server".replace("\n", "\\n")


def test_without_anything_the_stand_in_is_used_and_the_reason_is_said(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    assert find_or_build(tmp_path / "cache", say=said.append) is None
    assert said == ["No Toxiproxy server and no Go to build one were found; the stand-in is used."]


def test_the_order_is_url_then_path_then_cache(
    tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    in_cache = put(cached_path(cache), SERVER)
    found = find_or_build(cache)
    assert found is not None
    assert (found.origin, found.path, found.version) == ("cache", in_cache, PINNED_VERSION)
    on_path = put(bare / "toxiproxy-server", SERVER.replace(PINNED_VERSION, "git"))
    found = find_or_build(cache, offline=True)
    assert found is not None
    assert (found.origin, found.path, found.version) == ("path", on_path, "git")
    monkeypatch.setenv("TOXIPROXY_URL", "http://127.0.0.1:8474")
    found = find_or_build(cache)
    assert found is not None
    assert (found.origin, found.path, found.url) == ("url", None, "http://127.0.0.1:8474")
    monkeypatch.setenv("VOICECERT_TOXIPROXY", "stand-in")
    assert find_or_build(cache) is None


@pytest.mark.parametrize("url", ["127.0.0.1:8474", "http://127.0.0.1", "ftp://h:1", "http://h:x"])
def test_a_url_that_cannot_be_meant_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("TOXIPROXY_URL", url)
    with pytest.raises(UsageError, match="http://HOST:PORT"):
        find_or_build(tmp_path)


def test_an_unknown_wish_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICECERT_TOXIPROXY", "fake")
    with pytest.raises(UsageError, match="'stand-in'"):
        find_or_build(tmp_path)


def test_a_build_is_pinned_and_leaves_nothing_but_the_server(tmp_path: Path, bare: Path) -> None:
    a_go(bare, does=BUILDS)
    cache = tmp_path / "cache"
    left_over = cached_path(cache).parent / "build-killed"
    left_over.mkdir(parents=True)
    built = find_or_build(cache)
    assert built is not None
    assert (built.origin, built.path, built.version) == (
        "built",
        cached_path(cache),
        PINNED_VERSION,
    )
    again = find_or_build(cache)
    assert again is not None
    assert again.origin == "cache"
    flags, _, words = (bare / "calls").read_text().strip().partition("|")
    assert flags == "-modcacherw"
    assert words == (
        "install -ldflags -s -w -X github.com/Shopify/toxiproxy/v2.Version=2.12.0 "
        "github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0"
    )
    assert sorted(path.name for path in cached_path(cache).parent.iterdir()) == [
        "build.lock",
        "toxiproxy-server",
    ]


@pytest.mark.parametrize(
    ("does", "why"),
    [
        ("echo dial tcp: no route >&2; exit 1", "Go ended with 1: dial tcp: no route"),
        ("exit 0", "the program that came out does not run"),
        (BUILDS.replace("echo", "exit 3; echo"), "the program that came out does not run"),
    ],
)
def test_a_build_that_fails_says_why_and_leaves_nothing(
    tmp_path: Path, bare: Path, does: str, why: str
) -> None:
    a_go(bare, does=does)
    said: list[str] = []
    assert find_or_build(tmp_path / "cache", say=said.append) is None
    assert said[-1] == f"Toxiproxy could not be built ({why}); the stand-in is used."
    assert [path.name for path in cached_path(tmp_path / "cache").parent.iterdir()] == [
        "build.lock"
    ]


def test_a_build_that_hangs_is_given_up(
    tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_go(bare, does="exec sleep 60")
    monkeypatch.setattr(binary, "BUILD_S_MAX", 0.2)
    said: list[str] = []
    assert find_or_build(tmp_path / "cache", say=said.append) is None
    assert "Go was still at work" in said[-1]


def test_offline_builds_nothing(tmp_path: Path, bare: Path) -> None:
    a_go(bare, does=BUILDS)
    said: list[str] = []
    assert find_or_build(tmp_path / "cache", offline=True, say=said.append) is None
    assert said == [
        "No Toxiproxy server is in reach and no build is allowed; the stand-in is used."
    ]
    assert not (bare / "calls").exists()


def test_a_broken_server_in_the_cache_is_built_again(tmp_path: Path, bare: Path) -> None:
    put(cached_path(tmp_path / "cache"), "no program")
    a_go(bare, does=BUILDS)
    built = find_or_build(tmp_path / "cache")
    assert built is not None
    assert built.origin == "built"


def test_two_runs_at_once_build_once(tmp_path: Path, bare: Path) -> None:
    a_go(bare, does=f"sleep 0.5; {BUILDS}")
    code = textwrap.dedent(
        """
        import pathlib, sys
        from harness.toxiproxy.binary import find_or_build
        print(find_or_build(pathlib.Path(sys.argv[1])).origin)
        """
    )
    argv = [sys.executable, "-c", code, str(tmp_path / "cache")]
    both = [
        subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
        for _ in range(2)
    ]
    assert sorted(run.communicate(timeout=20)[0].strip() for run in both) == ["built", "cache"]
    assert len((bare / "calls").read_text().splitlines()) == 1


def test_the_cache_is_the_checkouts_unless_another_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert default_cache().name == ".cache"
    monkeypatch.setenv("VOICECERT_CACHE", str(tmp_path))
    assert default_cache() == tmp_path
