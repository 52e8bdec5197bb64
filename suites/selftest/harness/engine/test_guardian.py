"""The guardian: whatever the harness starts ends with it, grandchildren included."""

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from harness.engine.guardian import ChildStartError, Guardian, GuardianError

pytestmark = pytest.mark.io

DEADLINE_S = 10.0

# A SUT that escapes in every way a Unix process can: it forks a worker, and a grandchild that has
# double-forked and made a session of its own, ignores SIGTERM and listens.
ESCAPING_SUT = textwrap.dedent(
    """
    import json, os, signal, socket, sys, time

    def escape():
        os.setsid()
        if os.fork():
            os._exit(0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        listener = socket.create_server(("127.0.0.1", 0))
        with open(sys.argv[1] + ".new", "w") as file:
            json.dump({"sut": sut, "worker": worker, "grandchild": os.getpid(),
                       "port": listener.getsockname()[1]}, file)
        os.rename(sys.argv[1] + ".new", sys.argv[1])
        time.sleep(600)

    sut = os.getpid()
    worker = os.fork()
    if worker == 0:
        time.sleep(600)
    between = os.fork()
    if between == 0:
        escape()
    os.waitpid(between, 0)
    time.sleep(600)
    """
)

HARNESS = textwrap.dedent(
    """
    import asyncio, pathlib, sys
    from harness.engine.guardian import Guardian

    async def main(folder):
        async with Guardian.open(folder) as guardian:
            argv = [sys.executable, str(folder / "sut.py"), str(folder / "pids.json")]
            await guardian.spawn(name="sut", argv=argv)
            await asyncio.Event().wait()

    asyncio.run(main(pathlib.Path(sys.argv[1])))
    """
)


@pytest.fixture
async def guardian(tmp_path: Path) -> AsyncIterator[Guardian]:
    async with Guardian.open(tmp_path) as opened:
        yield opened


async def appeared(path: Path) -> dict[str, Any]:
    """Return the JSON in ``path`` as soon as it is there."""
    await appeared_file(path)
    found: dict[str, Any] = json.loads(path.read_text())
    return found


async def appeared_file(path: Path) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not path.exists():
            await asyncio.sleep(0.005)


def outlived(pids: list[int]) -> list[int]:
    """Return those of ``pids`` that still live after the deadline."""
    alive = []
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        if not select.select([descriptor], [], [], DEADLINE_S)[0]:
            alive.append(pid)
        os.close(descriptor)
    return alive


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def a_harness(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", HARNESS, str(folder)])


def script(folder: Path) -> list[str]:
    (folder / "sut.py").write_text(ESCAPING_SUT)
    return [sys.executable, str(folder / "sut.py"), str(folder / "pids.json")]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
async def test_everything_dies_when_the_harness_is_killed(tmp_path: Path, number: int) -> None:
    script(tmp_path)
    harness = a_harness(tmp_path)
    try:
        seen = await appeared(tmp_path / "pids.json")
        harness.send_signal(number)
    finally:
        harness.wait(DEADLINE_S)
    assert outlived([seen["sut"], seen["worker"], seen["grandchild"]]) == []
    assert is_free(seen["port"])


async def test_everything_dies_when_the_guardian_is_killed(tmp_path: Path) -> None:
    async with Guardian.open(tmp_path) as guardian:
        child = await guardian.spawn(name="sut", argv=script(tmp_path))
        seen = await appeared(tmp_path / "pids.json")
        keeper = int(Path(f"/proc/{child.pid}/stat").read_text().split()[3])
        os.kill(int(Path(f"/proc/{keeper}/stat").read_text().split()[3]), signal.SIGKILL)
        async with asyncio.timeout(DEADLINE_S):
            with pytest.raises(GuardianError, match="took sut with it"):
                await child.wait()
        with pytest.raises(GuardianError, match="cannot be started"):
            await guardian.spawn(name="late", argv=["true"])
        await child.terminate()
    assert outlived([seen["sut"], seen["worker"], seen["grandchild"]]) == []


async def test_everything_dies_when_a_keeper_is_killed(guardian: Guardian, tmp_path: Path) -> None:
    child = await guardian.spawn(name="sut", argv=script(tmp_path))
    other = await guardian.spawn(name="other", argv=["sleep", "600"])
    seen = await appeared(tmp_path / "pids.json")
    os.kill(int(Path(f"/proc/{child.pid}/stat").read_text().split()[3]), signal.SIGKILL)
    assert outlived([seen["sut"], seen["worker"], seen["grandchild"]]) == []
    async with asyncio.timeout(DEADLINE_S):
        await child.terminate()
    assert other.exit_code is None
    assert not other.is_gone


async def test_leaving_ends_what_is_still_there(tmp_path: Path) -> None:
    async with Guardian.open(tmp_path) as guardian:
        await guardian.spawn(name="sut", argv=script(tmp_path))
        seen = await appeared(tmp_path / "pids.json")
    assert outlived([seen["sut"], seen["worker"], seen["grandchild"]]) == []
    assert is_free(seen["port"])


async def test_an_error_inside_arrives_unchanged_and_still_ends_all(tmp_path: Path) -> None:
    pids = []

    async def fail_inside() -> None:
        async with Guardian.open(tmp_path) as guardian:
            pids.append((await guardian.spawn(name="sleeper", argv=["sleep", "600"])).pid)
            raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        await fail_inside()
    assert outlived(pids) == []


async def test_terminate_ends_the_whole_tree_and_twice_is_harmless(
    guardian: Guardian, tmp_path: Path
) -> None:
    child = await guardian.spawn(name="sut", argv=script(tmp_path))
    seen = await appeared(tmp_path / "pids.json")
    assert {child.pid, seen["worker"], seen["grandchild"]} == set(child.tree())
    assert seen["sut"] == child.pid
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as tasks:
        tasks.create_task(child.terminate(grace_s=0.2))
        tasks.create_task(child.terminate(grace_s=0.2))
    await child.terminate()
    assert child.tree() == []
    assert child.exit_code == -signal.SIGTERM
    assert is_free(seen["port"])


async def test_a_child_that_ends_by_itself_tells_its_exit_code(guardian: Guardian) -> None:
    ended = await guardian.spawn(name="three", argv=["sh", "-c", "exit 3"])
    async with asyncio.timeout(DEADLINE_S):
        assert await ended.wait() == 3
    assert ended.exit_code == 3


async def test_a_kind_child_has_time_to_end_by_itself(guardian: Guardian, tmp_path: Path) -> None:
    loop = "trap 'echo bye; exit 7' TERM; echo up > up.json; while :; do sleep 0.01; done"
    child = await guardian.spawn(name="kind", argv=["sh", "-c", f"echo 1; {loop}"], cwd=tmp_path)
    await appeared_file(tmp_path / "up.json")
    async with asyncio.timeout(DEADLINE_S):
        await child.terminate()
    assert child.exit_code == 7
    assert (tmp_path / "kind.out").read_text() == "1\nbye\n"


async def test_a_stubborn_child_is_killed_after_its_grace(
    guardian: Guardian, tmp_path: Path
) -> None:
    stubborn = "trap '' TERM; echo {} > up.json; while :; do sleep 0.01; done"
    child = await guardian.spawn(name="stubborn", argv=["sh", "-c", stubborn], cwd=tmp_path)
    await appeared_file(tmp_path / "up.json")
    async with asyncio.timeout(DEADLINE_S):
        await child.terminate(grace_s=0.1)
    assert child.exit_code == -signal.SIGKILL


async def test_a_stopped_child_is_ended_too(guardian: Guardian) -> None:
    child = await guardian.spawn(name="stopped", argv=["sleep", "600"])
    os.kill(child.pid, signal.SIGSTOP)
    async with asyncio.timeout(DEADLINE_S):
        await child.terminate()
    assert child.exit_code == -signal.SIGTERM


async def test_a_program_that_cannot_start_gives_one_clear_sentence(
    guardian: Guardian, tmp_path: Path
) -> None:
    text = tmp_path / "plain.txt"
    text.write_text("no program")
    with pytest.raises(ChildStartError, match=r"could not start sut: there is no program 'nix'"):
        await guardian.spawn(name="sut", argv=["nix"])
    with pytest.raises(ChildStartError, match="may not be executed"):
        await guardian.spawn(name="sut", argv=[str(text)])
    text.chmod(0o755)
    with pytest.raises(ChildStartError, match="a script needs a first line"):
        await guardian.spawn(name="sut", argv=[str(text)])
    with pytest.raises(ChildStartError, match=r"working folder .*nowhere cannot be used"):
        await guardian.spawn(name="sut", argv=["true"], cwd=tmp_path / "nowhere")
    with pytest.raises(ChildStartError, match=r"cannot be opened for its stdout"):
        await guardian.spawn(name="sut", argv=["true"], stdout=tmp_path / "no" / "out")
    assert await (await guardian.spawn(name="sut", argv=["true"])).wait() == 0


async def test_a_child_inherits_neither_descriptors_nor_signal_masks(
    guardian: Guardian, tmp_path: Path
) -> None:
    # No shell in between: it blocks signals for itself while it forks.
    for name, argv in (
        ("descriptors", ["ls", "/proc/self/fd"]),
        ("masks", ["grep", "-E", "Sig(Ign|Blk)", "/proc/self/status"]),
    ):
        child = await guardian.spawn(name=name, argv=argv)
        assert await child.wait() == 0
    # ls opens the fourth itself.
    assert (tmp_path / "descriptors.out").read_text().split() == ["0", "1", "2", "3"]
    words = (tmp_path / "masks.out").read_text().split()
    assert words[::2] == ["SigBlk:", "SigIgn:"]
    # Signals 32 and 33 are the C library's own, which it blocks for moments.
    assert all(int(mask, 16) & ~0x1_8000_0000 == 0 for mask in words[1::2])


async def test_a_child_is_the_leader_of_a_session_of_its_own(guardian: Guardian) -> None:
    child = await guardian.spawn(name="sleeper", argv=["sleep", "600"])
    assert os.getsid(child.pid) == child.pid


async def test_only_our_own_children_lose_foreign_packages_with_our_names(
    guardian: Guardian, tmp_path: Path
) -> None:
    foreign, harmless = tmp_path / "foreign", tmp_path / "harmless"
    (foreign / "reports").mkdir(parents=True)
    harmless.mkdir()
    both = f"{foreign}{os.pathsep}{harmless}"
    argv = ["sh", "-c", 'echo "${PYTHONPATH-unset}"']
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": both}
    for name, is_own, expected in (("sut", False, both), ("fake", True, str(harmless))):
        child = await guardian.spawn(name=name, argv=argv, env=env, own=is_own)
        assert await child.wait() == 0
        assert (tmp_path / f"{name}.out").read_text().strip() == expected
    env["PYTHONPATH"] = str(foreign)
    child = await guardian.spawn(name="alone", argv=argv, env=env, own=True)
    assert await child.wait() == 0
    assert (tmp_path / "alone.out").read_text().strip() == "unset"


async def test_words_that_are_no_text_reach_the_child_unchanged(
    guardian: Guardian, tmp_path: Path
) -> None:
    word = os.fsdecode(b"\xff\xfe \n\"'")
    argv = ["sh", "-c", 'printf %s "$1" "$ODD"', "sh", word]
    child = await guardian.spawn(name="odd", argv=argv, env=dict(os.environ) | {"ODD": word})
    assert await child.wait() == 0
    assert (tmp_path / "odd.out").read_bytes() == os.fsencode(word) * 2


async def test_a_spawn_that_is_cancelled_leaves_no_process(guardian: Guardian) -> None:
    argv = ["sleep", "601.5"]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await guardian.spawn(name="unwanted", argv=argv)
    kept = await guardian.spawn(name="kept", argv=["true"])
    async with asyncio.timeout(DEADLINE_S):
        assert await kept.wait() == 0
        while is_running(argv):
            await asyncio.sleep(0.005)


def is_running(argv: list[str]) -> list[Path]:
    wanted = "\0".join(argv).encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if entry.read_bytes().startswith(wanted):
                found.append(entry)
        except OSError:
            continue
    return found
