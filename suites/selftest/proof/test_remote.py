"""A platform that runs already, given as a URL: certified at grade CU, with P named as unseen."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.engine.ports import reserved_port

pytestmark = [pytest.mark.io, pytest.mark.slow, pytest.mark.timeout(150)]

# Every lane plays after the one before it, since they share one upstream address.
RUN_DEADLINE_S = 140


@contextmanager
def relay_started_by_hand(upstream_port: int, log: Path) -> Iterator[int]:
    upstream = f"ws://127.0.0.1:{upstream_port}/v1/audio/speech/stream"
    command = [sys.executable, "-P", "-m", "reference_impl", "--port", "0"]
    command += ["--upstream-ws", upstream, "--completion-idle-ms", "1000", "--log", str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as relay:
        assert relay.stdout is not None
        port = json.loads(relay.stdout.readline())["port"]
        try:
            yield port
        finally:
            relay.terminate()


def test_a_relay_that_is_given_as_a_url_is_certified_at_grade_cu(tmp_path: Path) -> None:
    run = tmp_path / "run"
    with (
        reserved_port() as upstream_port,
        relay_started_by_hand(upstream_port, tmp_path / "relay.log") as port,
    ):
        target = tmp_path / "by_hand.toml"
        target.write_text(
            f'[sut]\nurl = "ws://127.0.0.1:{port}/v1/session"\n'
            f'[upstream]\nlisten = "127.0.0.1:{upstream_port}"\n'
            '[behaviour]\ncompletion_idle_ms = 1000\nend_markers = ["text"]\n'
        )
        command = [sys.executable, "-P", "-m", "harness.cli", "certify", str(target)]
        command += ["--out", str(run), "--tier", "smoke", "--seed", "11"]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=RUN_DEADLINE_S,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    certificate = json.loads((run / "certificate.json").read_text())
    assert certificate["conclusion"]["grade"] == "CU"
    unseen = {v["vantage"]: v["shows"] for v in certificate["vantages"] if not v["is_seen"]}
    assert "sockets" in unseen["P"]
    assert "process tree" in (run / "certificate.html").read_text()
    assert certificate["environment"]["toxiproxy"]["kind"] in {"real", "stand-in"}
