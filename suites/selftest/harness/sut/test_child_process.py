"""A SUT as a child process: when it counts as ready, and where it can be reached."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.model.errors import HarnessError
from harness.model.target import Hooks, Log, Sut, Target
from harness.sut.base import SutContext
from harness.sut.child_process import child_process, is_answering

pytestmark = pytest.mark.io


@asynccontextmanager
async def answering(line: bytes) -> AsyncIterator[int]:
    """Listen on a port and answer every request with one line."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if line:
            await reader.readuntil(b"\r\n\r\n")
        writer.write(line)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@dataclass
class Ran:
    """A process that is only written down: what it was started with, and how it stands."""

    argv: tuple[str, ...] = ()
    environment: Mapping[str, str] | None = None
    pid: int = 1
    exit_code: int | None = None
    is_ended: bool = False

    async def terminate(self, *, grace_s: float = 0) -> None:
        self.is_ended = grace_s > 0


def context(target: Target, ran: Ran, port: int, logs: Path) -> SutContext:
    async def spawn(*, argv: list[str], env: Mapping[str, str], stdout: Path, **_: object) -> Ran:
        ran.argv, ran.environment = tuple(argv), env
        stdout.write_text("no such voice\n")
        return ran

    @contextmanager
    def reserve_port() -> Iterator[int]:
        yield port

    return SutContext(
        target=target,
        lane="shared",
        placeholders={"seed": "5"},
        logs=logs,
        spawn=spawn,
        reserve_port=reserve_port,
    )


@pytest.mark.parametrize(
    ("line", "is_ready"),
    [(b"HTTP/1.1 204 x\r\n", True), (b"HTTP/1.0 503 x\r\n", False), (b"SSH-2.0\r\n", False)],
)
async def test_a_readiness_address_must_answer_with_success(line: bytes, *, is_ready: bool) -> None:
    async with answering(line) as port:
        assert await is_answering(f"http://127.0.0.1:{port}/health", "", 0) is is_ready


async def test_without_a_readiness_address_an_open_port_will_do() -> None:
    async with answering(b"") as port:
        assert await is_answering(None, "127.0.0.1", port)
    assert not await is_answering(None, "127.0.0.1", port)


async def test_all_that_a_target_says_is_filled_in(tmp_path: Path) -> None:
    sut = Sut(
        url="ws://127.0.0.1:{port}/v1?user=x",
        program=("-m", "relay"),
        command=("{program}", "--port", "{port}"),
        environment={"SEED": "{seed}"},
    )
    hooks = Hooks(cleanup="http://127.0.0.1:{port}/{session}")
    target = Target(sut=sut, hooks=hooks, log=Log(path="/logs/{port}.log"))
    ran = Ran()
    async with answering(b"") as port, child_process(context(target, ran, port, tmp_path)) as made:
        assert (made.host, made.port, made.path) == ("127.0.0.1", port, "/v1?user=x")
        assert made.hooks.cleanup == f"http://127.0.0.1:{port}/{{session}}"
        assert made.log == Path(f"/logs/{port}.log")
        assert ran.argv == ("-m", "relay", "--port", str(port))
        assert ran.environment is not None
        assert ran.environment["SEED"] == "5"
        assert not ran.is_ended
    assert ran.is_ended


async def test_the_log_is_what_it_prints_where_no_other_is_named(tmp_path: Path) -> None:
    target = Target(sut=Sut(url="ws://127.0.0.1:{port}/", command=("relay",)))
    async with answering(b"") as port, child_process(context(target, Ran(), port, tmp_path)) as sut:
        assert sut.log == tmp_path / "sut-shared.log"


async def test_a_process_that_ends_at_its_start_is_quoted(tmp_path: Path) -> None:
    async with answering(b"") as port:
        pass
    target = Target(sut=Sut(url="ws://127.0.0.1:{port}/", command=("relay",)))
    with pytest.raises(HarnessError, match="exit code 4; its last words: no such voice"):
        async with child_process(context(target, Ran(exit_code=4), port, tmp_path)):
            pass


async def test_a_process_that_does_not_answer_in_time_is_quoted(tmp_path: Path) -> None:
    async with answering(b"") as port:
        pass
    sut = Sut(url="ws://127.0.0.1:{port}/", command=("relay",), ready_timeout_ms=50)
    ran = Ran()
    with pytest.raises(HarnessError, match=r"did not answer at .* \(sut\.ready_timeout_ms\)"):
        async with child_process(context(Target(sut=sut), ran, port, tmp_path)):
            pass
    assert ran.is_ended
