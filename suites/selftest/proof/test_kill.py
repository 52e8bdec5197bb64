"""kill -9 at any moment: no process, no port is left, and the record so far can be judged.

``VOICECERT_KILLS`` sets how many moments are tried; half of them with a SUT that forks a
grandchild into a session of its own. ``VOICECERT_ALONE`` says that nobody else opens ports here:
then all listening sockets of the machine must be the same before and after.
"""

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from harness.model.record import RunFolder

KILLS = int(os.environ.get("VOICECERT_KILLS", "4"))
SEED = int(os.environ.get("VOICECERT_KILL_SEED", "7"))
IS_ALONE = "VOICECERT_ALONE" in os.environ  # nothing else on the machine opens or closes ports
GONE_DEADLINE_S = 15.0  # killing a tree of a dozen processes, on a busy machine
pytestmark = [pytest.mark.io, pytest.mark.slow, pytest.mark.timeout(120)]

FORKING_SUT = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
os.execv(sys.executable, [sys.executable, "-P", "-m", "reference_impl", *sys.argv[1:]])
"""


def target_file(folder: Path, *, is_forking: bool) -> Path:
    file = folder / "target.toml"
    text = 'extends = "reference"\n'
    if is_forking:
        script = folder / "forking_sut.py"
        script.write_text(FORKING_SUT)
        text += (
            f'[sut]\ncommand = ["{{python}}", "-P", "{script}", "--port", "{{port}}",'
            ' "--upstream-ws", "{upstream.ws}", "--completion-idle-ms", "1000"]\n'
        )
    file.write_text(text)
    return file


def listeners() -> set[str]:
    output = subprocess.run(["ss", "-ltnp"], capture_output=True, text=True, check=True).stdout
    return {" ".join(line.split()[3:]) for line in output.splitlines()[1:]}


def marked(mark: str) -> dict[str, str]:
    """Return the command lines, by pid, of all living processes that were started with the mark."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            has_mark = mark.encode() in (folder / "environ").read_bytes()
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if has_mark and line:
            found[folder.name] = line
    return found


def listening(pids: Iterable[str]) -> set[str]:
    """Return the listening sockets of the processes, as ``ss -ltnp`` names them."""
    return {line for line in listeners() for pid in pids if f"pid={pid}," in line}


def until(is_true: Callable[[], bool], deadline_s: float) -> bool:
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        if is_true():
            return True
        time.sleep(0.05)
    return is_true()


@pytest.mark.parametrize("turn", range(KILLS))
def test_a_killed_harness_leaves_a_record_and_nothing_else(turn: int, tmp_path: Path) -> None:
    moment_s = random.Random(SEED * 1000 + turn).uniform(0.3, 7.0)
    target = target_file(tmp_path, is_forking=turn % 2 == 1)
    run = tmp_path / "run"
    mark = f"VOICECERT_KILL_TEST={uuid.uuid4().hex}"
    name, _, value = mark.partition("=")
    before = listeners()
    command = [sys.executable, "-P", "-m", "harness.cli", "run", str(target), "--out", str(run)]
    command += ["--seed", str(turn), "--scenario", "happy_path", "--scenario", "client_latency"]
    with subprocess.Popen(
        command,
        env={**os.environ, name: value},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as harness:
        time.sleep(moment_s)
        held = listening(marked(mark))
        harness.send_signal(signal.SIGKILL)
    assert until(lambda: not marked(mark), GONE_DEADLINE_S), marked(mark)
    assert not held & listeners()
    if IS_ALONE:
        assert listeners() == before
    if RunFolder(run).manifest_file.exists():
        judged = subprocess.run(
            [sys.executable, "-P", "-m", "harness.cli", "judge", str(run)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert judged.returncode in {0, 2}, judged.stdout + judged.stderr
        assert "Traceback" not in judged.stderr


def test_an_interrupted_run_says_where_its_record_is_and_how_to_judge_it(tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = [sys.executable, "-P", "-m", "harness.cli", "certify", "reference"]
    command += ["--out", str(run), "--scenario", "happy_path"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as harness:
        part = run / "parts" / "harness.jsonl"
        assert until(lambda: part.exists() and b"audio_received" in part.read_bytes(), 30)
        harness.send_signal(signal.SIGINT)
        _, said = harness.communicate(timeout=30)
    assert harness.returncode == 130
    assert f"voicecert judge {run}" in " ".join(said.split())
    assert RunFolder(run).read_manifest().state == "interrupted"


@pytest.mark.parametrize("module", ["fake_groq", "harness.engine.canary_server"])
def test_a_process_of_ours_that_dies_is_our_error_and_never_the_platforms(
    module: str, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    command = [sys.executable, "-P", "-m", "harness.cli", "certify", "reference"]
    command += ["--out", str(run), "--scenario", "happy_path"]
    mark = {"VOICECERT_KILL_TEST": uuid.uuid4().hex}
    with subprocess.Popen(
        command, env={**os.environ, **mark}, stderr=subprocess.PIPE, text=True
    ) as harness:
        part = run / "parts" / "harness.jsonl"
        assert until(lambda: part.exists() and b"audio_received" in part.read_bytes(), 30)
        ours = marked(mark["VOICECERT_KILL_TEST"])
        (victim,) = [pid for pid, line in ours.items() if f"-m {module} " in line]
        os.kill(int(victim), signal.SIGKILL)
        _, said = harness.communicate(timeout=30)
    assert harness.returncode == 3, said
    assert "ended in the middle of the run with exit code -9" in " ".join(said.split())
    judged = subprocess.run(
        [sys.executable, "-P", "-m", "harness.cli", "judge", str(run)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode == 2, judged.stdout + judged.stderr
    assert "lost_vantage" in judged.stdout
