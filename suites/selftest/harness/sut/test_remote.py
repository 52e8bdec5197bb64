"""A SUT that runs already: it is dialled, and never touched otherwise."""

import socket
from pathlib import Path

import pytest

from harness.model.errors import HarnessError, UsageError
from harness.model.target import Hooks, Log, Sut, Target
from harness.sut.base import SutContext
from harness.sut.remote import remote

pytestmark = pytest.mark.io


def context(target: Target) -> SutContext:
    return SutContext(
        target=target,
        lane="shared",
        placeholders={"upstream.http": "http://127.0.0.1:9100"},
        logs=Path(),
        spawn=lambda: None,
        reserve_port=lambda: None,
    )


async def test_a_platform_that_listens_is_reached_without_a_child() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        target = Target(
            sut=Sut(url=f"ws://127.0.0.1:{port}/v1?key=x"),
            hooks=Hooks(resources="http://127.0.0.1:{port}/held"),
            log=Log(path="relay-{port}.log"),
        )
        async with remote(context(target)) as sut:
            assert (sut.port, sut.path, sut.child) == (port, "/v1?key=x", None)
            assert sut.hooks.resources == f"http://127.0.0.1:{port}/held"
            assert sut.log == Path(f"relay-{port}.log")


async def test_a_platform_that_does_not_run_is_named_with_what_it_needs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(HarnessError, match=r"with its upstream at http://127\.0\.0\.1:9100"):
        async with remote(context(Target(sut=Sut(url=f"ws://127.0.0.1:{port}/")))):
            pass


async def test_an_address_without_a_host_is_refused() -> None:
    with pytest.raises(UsageError, match="expected ws://HOST:PORT/PATH"):
        async with remote(context(Target(sut=Sut(url="ws:///v1")))):
            pass
