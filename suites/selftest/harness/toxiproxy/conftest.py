"""The two servers of the contract: the real one and the stand-in."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from harness.engine.guardian import Guardian
from harness.engine.ports import reserved_port
from harness.toxiproxy.binary import default_cache, find_or_build
from harness.toxiproxy.client import ToxiproxyClient
from harness.toxiproxy.server import ToxiproxyServer, running
from suites.selftest.harness.toxiproxy.wires import NUMBERS, Raw, Wire


@pytest_asyncio.fixture(
    params=[pytest.param("real", marks=pytest.mark.proxy_binary), "stand-in"],
    scope="module",
    loop_scope="module",
)
async def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ToxiproxyServer]:
    binary = None
    if request.param == "real":
        binary = find_or_build(default_cache(), offline=True)
        if binary is None:
            pytest.skip("no real Toxiproxy server here; `make certify` builds one where Go is")
    folder = tmp_path_factory.mktemp("toxiproxy")
    with reserved_port() as port:
        async with (
            Guardian.open(folder) as guardian,
            running(guardian, folder, binary=binary, port=port) as started,
        ):
            assert started.kind == request.param
            yield started


@pytest.fixture
def client(server: ToxiproxyServer) -> Iterator[ToxiproxyClient]:
    opened = server.client()
    yield opened
    opened.close()


@pytest.fixture
def raw(server: ToxiproxyServer) -> Iterator[Raw]:
    opened = Raw(server)
    yield opened
    opened.close()


@pytest_asyncio.fixture(loop_scope="module")
async def wire(client: ToxiproxyClient) -> AsyncIterator[Wire]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        upstream = f"127.0.0.1:{listener.getsockname()[1]}"
        proxy = await asyncio.to_thread(client.create, f"wire-{next(NUMBERS)}", upstream)
        made = Wire(client, proxy, listener, [])
        yield made
        for end in made.ends:
            end.close()
        await asyncio.to_thread(client.delete, proxy)
