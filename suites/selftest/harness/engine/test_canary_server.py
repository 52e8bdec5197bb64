import asyncio
import socket
import struct
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from harness.engine.canary import running_canary_server
from harness.engine.guardian import Guardian

pytestmark = [pytest.mark.io, pytest.mark.asyncio(loop_scope="module")]
DEADLINE_S = 10.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    folder = tmp_path_factory.mktemp("canary")
    async with (
        Guardian.open(folder) as guardian,
        running_canary_server(guardian, folder) as started,
    ):
        yield started


async def greeted(address: str, name: bytes) -> tuple[bytes, socket.socket]:
    """Connect, give a name, and return what is said of the connection before."""
    host, _, port = address.rpartition(":")
    loop = asyncio.get_running_loop()
    connected = socket.socket()
    connected.setblocking(False)
    async with asyncio.timeout(DEADLINE_S):
        await loop.sock_connect(connected, (host, int(port)))
        await loop.sock_sendall(connected, name + b"\n")
        said = b""
        while not said.endswith(b"\n"):
            said += await loop.sock_recv(connected, 100)
    return said.strip(), connected


async def test_everything_after_the_name_comes_back(address: str) -> None:
    said, connected = await greeted(address, b"echo")
    assert said == b"none"
    loop = asyncio.get_running_loop()
    with connected:
        await loop.sock_sendall(connected, b"x" * 100_000)
        got = b""
        async with asyncio.timeout(DEADLINE_S):
            while len(got) < 100_000:
                got += await loop.sock_recv(connected, 65_536)
    assert got == b"x" * 100_000


@pytest.mark.parametrize(("linger_s", "how"), [(None, b"fin"), (0, b"rst")])
async def test_the_next_of_the_same_name_learns_how_the_last_one_ended(
    address: str, linger_s: int | None, how: bytes
) -> None:
    _, connected = await greeted(address, how)
    if linger_s is not None:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, linger_s))
    connected.close()
    said, other = await greeted(address, b"somebody else")
    other.close()
    assert said in {b"none", b"fin"}  # what others left is nothing to do with it
    said, again = await greeted(address, how)
    again.close()
    assert said == how
