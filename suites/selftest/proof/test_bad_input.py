"""Bad input of every kind: one sentence, the right exit code, no traceback, nothing left behind."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.io, pytest.mark.slow]

USAGE, HARNESS, INCONCLUSIVE, FAIL = 64, 3, 2, 1


def voicecert(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "harness.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=55,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done.returncode, " ".join((done.stderr + done.stdout).split())


def target(tmp_path: Path, text: str) -> str:
    file = tmp_path / "target.toml"
    file.write_text(text)
    return str(file)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["certify", "refrence"], "did you mean 'reference'?"),
        (["certify", "reference", "--scenario", "hapy_path"], "did you mean 'happy_path'?"),
        (["certify", "reference", "--sed", "1"], "No such option"),
        (["certify", "reference", "--seed", "-4"], "at least 0"),
        (["certify", "reference", "--tier", "huge"], "unknown tier 'huge'"),
        (["certify"], "Missing argument"),
        (["list", "rulez"], "did you mean 'rules'?"),
        (["selftest", "--only", "no_such"], "unknown known-bad or variant"),
        (["judge", "/nowhere/run"], "no run folder"),
        (["report", "/nowhere/run"], "no run folder"),
    ],
)
def test_a_wrong_word_is_named_with_the_nearest_right_one(arguments: list[str], said: str) -> None:
    code, text = voicecert(*arguments)
    assert code == USAGE, text
    assert said in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('extends = "reference"\n[behavior]\nquiet_ms = 1\n', "did you mean 'behaviour'?"),
        ('extends = "reference"\n[behaviour]\nqiet_ms = 1\n', "did you mean 'quiet_ms'?"),
        ('extends = "reference"\n[behaviour]\nquiet_ms = "long"\n', "quiet_ms"),
        ('extends = "reference"\n[limits]\n"STOP-9" = 5\n', "unknown rule 'STOP-9'"),
        ('extends = "reference"\n[limits."STOP-1"]\nlate = 5\n', "did you mean 'late_ms'?"),
        ('extends = "reference"\n[adapter]\nname = "referense"\n', "did you mean 'reference'?"),
        ("[sut\n", "is no TOML"),
        ('[sut]\nurl = "ws://127.0.0.1:9/x"\n', "needs `[upstream] listen`"),
        ('[sut]\nurl = "wss://127.0.0.1:9/x"\n', "TLS is not spoken"),
        ('extends = "reference"\n[upstream]\nprofile = "htp"\n', "did you mean 'http'?"),
        ('extends = "reference"\n[upstream]\nlisten = "9100"\n', "expected HOST:PORT"),
        ('extends = "reference"\n[sut]\ncommand = ["{pythn}"]\n', "unknown placeholder {pythn}"),
    ],
)
def test_a_wrong_target_file_is_named_before_anything_is_judged(
    tmp_path: Path, text: str, said: str
) -> None:
    code, output = voicecert("certify", target(tmp_path, text), "--out", str(tmp_path / "run"))
    assert code == USAGE, output
    assert said in output


def child(code: str) -> str:
    return f'extends = "reference"\n[sut]\ncommand = ["{{python}}", "-c", {code!r}, "{{port}}"]\n'


def test_a_sut_that_dies_at_its_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    text = child("import sys; sys.exit('no licence found')")
    code, output = voicecert("certify", target(tmp_path, text), "--out", str(tmp_path / "run"))
    assert code == HARNESS, output
    assert "ended at its start with exit code 1" in output
    assert "no licence found" in output


def test_a_sut_that_never_answers_is_given_up(tmp_path: Path) -> None:
    text = child("import time; time.sleep(60)") + "ready_timeout_ms = 800\n"
    code, output = voicecert("certify", target(tmp_path, text), "--out", str(tmp_path / "run"))
    assert code == HARNESS, output
    assert "did not answer" in output


def test_a_remote_sut_that_is_not_there_is_named(tmp_path: Path) -> None:
    text = '[sut]\nurl = "ws://127.0.0.1:9/x"\n[upstream]\nlisten = "127.0.0.1:19876"\n'
    code, output = voicecert("certify", target(tmp_path, text), "--out", str(tmp_path / "run"))
    assert code == HARNESS, output
    assert "nothing answers at 127.0.0.1:9" in output


SERVER = """
import asyncio, sys
from websockets.asyncio.server import serve
from websockets.http11 import Response
from websockets.datastructures import Headers
def health(connection, request):
    if request.path == "/healthz":
        return connection.respond(200, "ok")
async def session(ws):
    {body}
async def main():
    port = int(sys.argv[1])
    async with serve(session, "127.0.0.1", port, process_request=health, max_queue=None):
        await asyncio.Future()
asyncio.run(main())
"""

BEHAVIOURS = {
    "sends garbage": "await ws.send('{not json'); await ws.send(bytes(range(256)) * 8);"
    " await ws.wait_closed()",
    "hangs": "await ws.wait_closed()",
    "dies when spoken to": "await ws.recv(); import os; os._exit(9)",
    "floods": "await ws.recv()\n    for _ in range(300): await ws.send(bytes(1 << 20))\n"
    "    await ws.wait_closed()",
}


VERDICTS = {
    "sends garbage": (FAIL, "EOS-1"),
    "hangs": (FAIL, "EOS-1"),
    "dies when spoken to": (FAIL, "EOS-1"),
    "floods": (INCONCLUSIVE, "the SUT flooded 2 sessions, so we hung up"),
}


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_a_sut_that_misbehaves_gets_a_verdict_and_not_an_error(
    tmp_path: Path, behaviour: str
) -> None:
    script = tmp_path / "sut.py"
    script.write_text(SERVER.replace("{body}", BEHAVIOURS[behaviour]))
    text = f'extends = "reference"\n[sut]\ncommand = ["{{python}}", "{script}", "{{port}}"]\n'
    run = tmp_path / "run"
    arguments = ["--scenario", "happy_path", "--tier", "smoke", "--out", str(run)]
    expected_code, said = VERDICTS[behaviour]
    code, output = voicecert("certify", target(tmp_path, text), *arguments)
    assert code == expected_code, output
    assert said.lower() in output.lower()
    assert (run / "certificate.html").exists()


def test_a_truncated_run_folder_is_judged_as_far_as_it_goes(tmp_path: Path) -> None:
    run = tmp_path / "run"
    code, output = voicecert(
        "run", "reference", "--scenario", "happy_path", "--tier", "smoke", "--out", str(run)
    )
    assert code == 0, output
    part = run / "parts" / "harness.jsonl"
    part.write_bytes(part.read_bytes()[:-40])
    code, output = voicecert("judge", str(run))
    assert code == INCONCLUSIVE, output
    assert "last line of a part is cut" in output
    (run / "manifest.json").write_text('{"schema": 1')
    code, output = voicecert("judge", str(run))
    assert code == USAGE, output
    assert "cannot be read" in output
    for file in (run / "parts").iterdir():
        file.unlink()


def test_a_run_folder_is_never_overwritten(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "manifest.json").write_text("{}")
    code, output = voicecert("certify", "reference", "--out", str(run))
    assert code == USAGE, output
    assert "holds a run already" in output
