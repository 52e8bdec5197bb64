"""The whole server: where it listens, how it stops, and what it never does."""

import asyncio
import json

import pytest
from websockets.asyncio.client import connect

from fake_groq.app import CannotServe, Settings, running
from suites.selftest.fake_groq.staging import DEADLINE_S, eventually, fake, runs_of, text_of

pytestmark = pytest.mark.io


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1", "::", "example.org", ""])
async def test_it_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(CannotServe, match="Without a token the fake listens on loopback only"):
        async with running(Settings(host=host)):
            pass


async def test_with_a_token_it_listens_where_it_is_told_to() -> None:
    async with running(Settings(host="0.0.0.0", token="secret")) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /__control__/ledger HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 401")
        writer.transport.abort()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost"])
async def test_port_0_takes_a_free_one_and_says_which(host: str) -> None:
    async with running(Settings(host=host)) as server:
        assert server.port > 0
        assert server.ready()["control"] == f"http://{server.address}/__control__"
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(b"GET /__control__/healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.transport.abort()


async def test_a_taken_port_is_an_error_that_names_it() -> None:
    async with running(Settings()) as server:
        with pytest.raises(CannotServe, match=f"127.0.0.1:{server.port}: Address already in use"):
            async with running(Settings(port=server.port)):
                pass


@pytest.mark.parametrize("fault", ["stall_before_first_byte", "missing_marker", None])
async def test_when_it_stops_every_stream_is_released_and_every_socket_closed_once(
    fault: str | None,
) -> None:
    behaviour = {"faults": [fault] if fault else [], "ms_per_character": 200, "pace": "real-time"}
    async with fake(**behaviour, after_marker="stay") as server:
        await server.connected()  # idle
        await server.upgraded()  # idle too
        await server.upgraded(text_of(1, 1))
        await server.posted(text_of(1, 2))
        await eventually(lambda: len(server.events("stream_opened")) == 2)
        await server.running.server.hang_up_all(1.0)
        closed = server.events("socket_closed")
        assert sorted(e["data"]["socket"] for e in closed) == [1, 2, 3, 4]
        assert {(e["data"]["by"], e["data"]["how"]) for e in closed} == {("own", "shutdown")}
        released = server.events("stream_released")
        assert sorted(e["data"]["exchange"] for e in released) == [1, 2]
        assert {(e["data"]["by"], e["data"]["how"]) for e in released} == {("own", "shutdown")}


async def test_a_client_that_reads_nothing_does_not_hold_up_the_stop() -> None:
    async with fake(ms_per_character=20_000) as server:
        peer = await server.upgraded(text_of(1, 1))
        peer.stop_reading()
        wires = server.running.server.wires
        await eventually(lambda: any(wire.queued_bytes > 32_768 for wire in wires))
        await server.running.server.hang_up_all(0.1)
        assert not wires
        assert len(server.events("socket_closed")) == len(server.events("stream_released")) == 1


async def test_no_task_outlives_its_connection() -> None:
    async with fake(pace="real-time") as server:
        before = asyncio.all_tasks()
        for way in ("close", "fin", "rst"):
            peer = await server.upgraded(text_of(1, 1))
            await eventually(lambda: bool(server.events("stream_sent")))
            peer.leave(way)
        peer = await server.posted(text_of(1, 2))
        await server.wait_for("stream_sent", exchange=4)
        peer.leave("rst")
        await eventually(lambda: not server.running.server.wires)
        await eventually(lambda: asyncio.all_tasks() == before)


async def test_a_slow_moment_does_not_move_what_comes_later() -> None:
    async with fake(pace="real-time", ms_per_character=10) as server:
        async with server.speaking(text_of(1, 1)) as client:
            await client.recv()
            loop = asyncio.get_running_loop()
            blocked_until = loop.time() + 0.2
            while loop.time() < blocked_until:
                pass
            async with asyncio.timeout(DEADLINE_S):
                while isinstance(await client.recv(), bytes):
                    pass
        opened = server.events("stream_opened")[0]["at_ns"]
        sent = [(e["at_ns"] - opened) / 1e6 for e in server.events("stream_sent")]
        lateness = [at - 80 * n for n, at in enumerate(sent)]
        assert all(late >= -0.01 for late in lateness)
        assert lateness[1] > 90  # it was blocked from 0 to 200, and this one was due at 80
        assert min(lateness[-3:]) < 60
        assert any(e["data"]["max_ms"] > 90 for e in server.events("loop_lag"))


async def test_sixteen_streams_at_once_do_not_mix() -> None:
    async with fake(pace="8x") as server:
        async with asyncio.TaskGroup() as tasks:
            spoken = [tasks.create_task(speak(server.url, session)) for session in range(1, 17)]
        assert [task.result() for task in spoken] == [True] * 16


async def speak(url: str, session: int) -> bool:
    pcm = b""
    async with connect(url) as client:
        await client.send(json.dumps({"input": text_of(session, 1)}))
        while isinstance(message := await client.recv(), bytes):
            pcm += message
    ((key, first, count),) = runs_of(pcm)
    return (key >> 32, first, count) == (session, 0, len(pcm) // 2)
