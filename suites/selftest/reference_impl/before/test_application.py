"""The process around the counter-example."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

import reference_impl.before
from reference_impl.before.application import application


@pytest.mark.io
async def test_it_says_when_it_is_ready() -> None:
    app = application("ws://127.0.0.1:1/", silence_ms=600)
    async with TestClient(TestServer(app)) as client, client.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ready"})


@pytest.mark.io
def test_it_needs_to_be_told_where_its_provider_is() -> None:
    command = [sys.executable, "-P", "-m", "reference_impl.before"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--upstream-ws" in done.stderr


def test_it_holds_no_randomness() -> None:
    folder = Path(reference_impl.before.__file__).parent
    text = "".join(file.read_text("utf-8") for file in folder.glob("*.py"))
    assert re.findall(r"^(?:import|from) (?:random|secrets|uuid|numpy)\b", text, re.MULTILINE) == []
