"""The fake as a process of its own."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from fake_groq.__main__ import EXIT_CANNOT_SERVE, EXIT_USAGE, main
from suites.selftest.fake_groq.staging import DEADLINE_S, eventually, text_of

pytestmark = pytest.mark.io

COMMAND = (sys.executable, "-P", "-m", "fake_groq")


class Child:
    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self.process = process
        self.ledger = folder / "ledger"
        self.ready_file = folder / "ready.json"

    async def ready(self) -> dict[str, Any]:
        await eventually(self.ready_file.exists)
        document: dict[str, Any] = json.loads(self.ready_file.read_text())
        return document

    def events(self, kind: str) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.ledger.read_text().splitlines()]
        return [event for event in found if event["kind"] == kind]

    async def ended(self) -> int:
        await eventually(lambda: self.process.poll() is not None)
        assert self.process.returncode is not None
        return self.process.returncode


@contextmanager
def child(folder: Path, *arguments: str) -> Iterator[Child]:
    files = ("--ready-file", str(folder / "ready.json"), "--ledger", str(folder / "ledger"))
    process = subprocess.Popen([*COMMAND, *files, *arguments], stderr=subprocess.PIPE)
    try:
        yield Child(process, folder)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("loop", [(), ("--uvloop",)], ids=["asyncio", "uvloop"])
async def test_it_says_where_it_listens_and_stops_cleanly_at_sigterm(
    tmp_path: Path, loop: tuple[str, ...]
) -> None:
    with child(tmp_path, "--seed", "4", "--nonce", "5", *loop) as fake:
        ready = await fake.ready()
        assert ready["pid"] == fake.process.pid
        assert ready["control"] == f"http://127.0.0.1:{ready['port']}/__control__"
        started = fake.events("upstream_started")[0]["data"]
        assert (started["seed"], started["nonce"]) == (4, 5)
        async with connect(f"ws://127.0.0.1:{ready['port']}/v1/audio/speech/stream") as client:
            await client.send(json.dumps({"input": text_of(1, 1)}))
            await client.recv()
            fake.process.terminate()
            assert await fake.ended() == 0
        assert fake.process.stderr is not None
        assert fake.process.stderr.read() == b""
        assert len(fake.events("stream_released")) == len(fake.events("socket_closed")) == 1
        assert fake.events("upstream_stopped")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["ledger", "ready.json"]


async def test_a_kill_leaves_a_ledger_that_can_be_read(tmp_path: Path) -> None:
    arguments = ("--pace", "max", "--first-audio-ms", "0", "--ms-per-character", "5000")
    with child(tmp_path, *arguments) as fake:
        ready = await fake.ready()
        async with connect(f"ws://127.0.0.1:{ready['port']}/v1/audio/speech/stream") as client:
            await client.send(json.dumps({"input": text_of(1, 1)}))
            async with asyncio.timeout(DEADLINE_S):
                for _ in range(200):
                    await client.recv()
            os.kill(fake.process.pid, signal.SIGKILL)
            assert await fake.ended() == -signal.SIGKILL
        assert fake.ledger.read_bytes().endswith(b"\n")
        assert len(fake.events("stream_sent")) >= 199  # the last may have been killed unwritten
        assert fake.events("stream_released") == []


def test_a_taken_port_is_one_sentence_and_exit_code_3() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*COMMAND, "--listen", f"127.0.0.1:{port}"],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert (done.returncode, done.stdout) == (EXIT_CANNOT_SERVE, "")
    assert EXIT_CANNOT_SERVE == 3
    assert done.stderr == (
        f"fake_groq: Cannot listen on 127.0.0.1:{port}: Address already in use. "
        "Give another port, or 0 for any free one.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--listen", "0.0.0.0:0"], EXIT_USAGE, "on loopback only, and '0.0.0.0' is not on it"),
        (["--listen", "8000"], EXIT_USAGE, "--listen is HOST:PORT, not '8000'."),
        (["--listen", "127.0.0.1:70000"], EXIT_USAGE, "--listen is HOST:PORT"),
        (["--nonce", "256"], EXIT_USAGE, "--nonce is a number from 0 to 255, not 256."),
        (["--end-marker", "txt:x"], EXIT_USAGE, "did you mean 'text'?"),
        (["--pace", "fast"], EXIT_USAGE, "'pace' is"),
        (["--port", "1"], EXIT_USAGE, "unrecognized arguments: --port 1. See --help."),
        (["--ledger", "/nowhere/ledger"], EXIT_CANNOT_SERVE, "ledger /nowhere/ledger: No such"),
        (
            ["--ready-file", "/nowhere/r"],
            EXIT_CANNOT_SERVE,
            "Cannot write /nowhere/r: No such",
        ),
        (["--ledger", "/dev/full"], EXIT_CANNOT_SERVE, "cannot be written: No space left"),
    ],
)
def test_a_wrong_argument_is_one_sentence(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        answered = main(arguments)
    except SystemExit as exit_:  # argparse's way
        answered = int(exit_.code or 0)
    written = capsys.readouterr()
    assert (answered, written.out, written.err.count("\n")) == (code, "", 1)
    assert said in written.err
