"""Reserved ports: outside the ephemeral range, held once, given back."""

import os
import socket
import subprocess
import sys
from contextlib import ExitStack

import pytest

from harness.engine import ports
from harness.engine.ports import reserved_port
from harness.model.errors import HarnessError

HOLD_ONE = """
import sys
from harness.engine.ports import reserved_port
with reserved_port() as port:
    print(port, flush=True)
    sys.stdin.read()
"""


def test_candidates_lie_outside_the_ephemeral_range() -> None:
    assert ports._candidates(32_768, 60_999) == list(range(20_000, 32_768))
    assert ports._candidates(30_000, 40_000)[-1] == 29_999
    assert ports._candidates(10_000, 65_535) == list(range(1_024, 10_000))


def test_an_ephemeral_range_without_an_outside_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(HarnessError, match="set it to 32768 60999"):
        ports._candidates(1, 65_535)


@pytest.mark.io
def test_a_reserved_port_can_be_listened_on_and_is_held_once() -> None:
    with ExitStack() as held:
        found = [held.enter_context(reserved_port()) for _ in range(50)]
        assert len(set(found)) == 50
        with socket.create_server(("127.0.0.1", found[0])) as listener:
            assert listener.getsockname()[1] == found[0]


@pytest.mark.io
def test_a_port_on_which_somebody_listens_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with reserved_port() as taken, reserved_port() as free:
        pass
    monkeypatch.setattr(ports, "_candidates", lambda _low, _high: [taken, free])
    with socket.create_server(("127.0.0.1", taken)), reserved_port() as port:
        assert port == free
    with (
        socket.create_server(("127.0.0.1", taken)),
        socket.create_server(("127.0.0.1", free)),
        pytest.raises(HarnessError, match="all 2 ports"),
        reserved_port(),
    ):
        pass


@pytest.mark.io
def test_a_reservation_holds_against_other_processes_and_ends_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD_ONE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=dict(os.environ),
    )
    with other:
        assert other.stdout is not None
        port = int(other.stdout.readline())
        monkeypatch.setattr(ports, "_candidates", lambda _low, _high: [port])
        with pytest.raises(HarnessError, match="all 1 ports"), reserved_port():
            pass
        other.kill()
        other.wait()
        with reserved_port() as again:
            assert again == port
