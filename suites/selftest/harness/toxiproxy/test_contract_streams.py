"""One contract for the real server and the stand-in: streams without a toxic."""

import asyncio
import os
import socket

import pytest

from suites.selftest.harness.toxiproxy.wires import (
    CHUNK,
    Raw,
    Wire,
)

pytestmark = [pytest.mark.io, pytest.mark.asyncio(loop_scope="module")]


async def test_bytes_pass_in_both_directions(wire: Wire) -> None:
    near, far = await wire.join()
    data = os.urandom(1_000_000)
    async with asyncio.TaskGroup() as tasks:
        down = tasks.create_task(near.receive(len(data)))
        up = tasks.create_task(far.receive(len(data)))
        tasks.create_task(far.send(data))
        tasks.create_task(near.send(data[::-1]))
    assert down.result() == data
    assert up.result() == data[::-1]


async def test_there_is_no_half_close(wire: Wire) -> None:
    near, far = await wire.join()
    near.socket.shutdown(socket.SHUT_WR)
    assert await far.receive_all() == (b"", "FIN")
    assert await near.receive_all() == (b"", "FIN")  # though the server has not closed


async def test_a_reset_by_the_server_reaches_the_client_as_a_clean_end(wire: Wire) -> None:
    near, far = await wire.join()
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK
    far.reset()
    assert await near.receive_all() == (b"", "FIN")


async def test_a_reset_by_the_client_reaches_the_server_as_a_clean_end(wire: Wire) -> None:
    near, far = await wire.join()
    near.reset()
    assert await far.receive_all() == (b"", "FIN")


async def test_behind_a_refused_upstream_the_connection_opens_and_ends(wire: Wire) -> None:
    wire.listener.close()
    near = await wire.knock()
    assert await near.receive_all() == (b"", "FIN")


async def test_disabled_refuses_and_cuts_and_comes_back_on_the_same_port(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.call(wire.api.set_enabled, False)
    assert await near.receive_all() == (b"", "FIN")
    assert await far.receive_all() == (b"", "FIN")
    with pytest.raises(ConnectionRefusedError):
        await wire.knock()
    await wire.call(wire.api.set_enabled, True)
    near, far = await wire.join()
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK


async def test_the_same_values_leave_streams_alone_and_another_upstream_cuts_them(
    wire: Wire, raw: Raw
) -> None:
    near, far = await wire.join()
    path, same = f"/proxies/{wire.proxy.name}", {"upstream": wire.proxy.upstream, "enabled": True}
    assert (await asyncio.to_thread(raw, "PATCH", path, same))[0] == 200
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK
    other = {"upstream": "127.0.0.1:9"}
    assert (await asyncio.to_thread(raw, "PATCH", path, other))[0] == 200
    assert await near.receive_all() == (b"", "FIN")
    assert await far.receive_all() == (b"", "FIN")


async def test_deleting_the_proxy_cuts_its_streams(wire: Wire) -> None:
    near, far = await wire.join()
    assert await wire.call(wire.api.delete)
    assert (await near.receive_all())[1] == "FIN"
    assert (await far.receive_all())[1] == "FIN"
