"""`voicecert fake` is the fake itself: its words, its exit codes, its process."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.io

COMMAND = (sys.executable, "-P", "-m", "harness.cli", "fake")


def test_it_speaks_into_a_file_and_says_what(tmp_path: Path) -> None:
    path = tmp_path / "hello.wav"
    done = subprocess.run(
        [*COMMAND, "--save", str(path)], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{path}: ")
    assert path.read_bytes()[:4] == b"RIFF"


def test_it_serves_until_it_is_told_to_stop() -> None:
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready["pid"] == process.pid
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--listen", "0.0.0.0:0"], "Without a token the fake listens on loopback only"),
        (["--policy", "teir=free"], "did you mean 'tier'?"),
        (["--policy", "tier"], "KEY=VALUE"),
        (["--set", "mark=sonic"], '"exact", "spectral"'),
        (["--nonsense"], "unrecognized arguments"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(arguments: list[str], said: str) -> None:
    done = subprocess.run([*COMMAND, *arguments], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (64, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
