"""One connection: who let go of it, and how, exactly once."""

import asyncio
from typing import Any

import pytest

from fake_groq import wire
from suites.selftest.fake_groq.staging import eventually, fake, text_of

pytestmark = pytest.mark.io


@pytest.mark.parametrize("how", ["fin", "rst"])
async def test_an_idle_connection_is_seen_to_come_and_go(how: str) -> None:
    async with fake() as server:
        peer = await server.connected()
        opened = await server.wait_for("socket_opened")
        port = peer.writer.get_extra_info("sockname")[1]
        assert opened["data"] == {"socket": 1, "profile": None, "peer_port": port}
        peer.leave(how)
        closed = await server.wait_for("socket_closed")
        assert closed["data"] == {"socket": 1, "by": "peer", "how": how}
        assert server.events("socket_named") == []


async def test_what_a_connection_is_used_for_is_said_once() -> None:
    async with fake() as server:
        peer = await server.connected()
        for path in ("/openai/v1/models", "/__control__/healthz"):
            peer.writer.write(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode())
            await peer.reader.readuntil(b"\r\n\r\n")
        await server.upgraded()
        named = [event["data"] for event in server.events("socket_named")]
        assert named == [{"socket": 1, "profile": "http"}, {"socket": 2, "profile": "ws"}]


async def test_the_first_to_let_go_has_done_it() -> None:
    async with fake(end_marker="close") as server:
        peer = await server.upgraded(text_of(1, 1))
        await server.wait_for("stream_ended")
        peer.leave("close")
        closed = await server.wait_for("socket_closed")
        assert (closed["data"]["by"], closed["data"]["how"]) == ("own", "close 1000")


async def test_a_client_that_half_closes_and_reads_nothing_is_dropped_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(wire.GONE_S_MAX, "peer", 0.2)
    async with fake(ms_per_character=20_000) as server:
        peer = await server.upgraded(text_of(1, 1))
        peer.stop_reading()
        wires = server.running.server.wires
        await eventually(lambda: any(open_.queued_bytes > 32_768 for open_ in wires))
        peer.leave("fin")
        released = await server.wait_for("stream_released")
        closed = await server.wait_for("socket_closed")
        for event in (released, closed):
            assert (event["data"]["by"], event["data"]["how"]) == ("peer", "fin")
        assert closed["at_ns"] - released["at_ns"] > 150e6


async def test_a_client_that_does_not_answer_our_close_frame_is_dropped_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(wire.GONE_S_MAX, "own", 0.2)
    async with fake() as server:
        await server.upgraded(text_of(1, 1))
        ended = await server.wait_for("stream_ended")
        closed = await server.wait_for("socket_closed")
        assert (closed["data"]["by"], closed["data"]["how"]) == ("own", "close 1000")
        assert closed["at_ns"] - ended["at_ns"] > 150e6


async def test_garbage_is_answered_and_leaves_nothing_behind() -> None:
    async with fake() as server:
        peer = await server.connected()
        peer.writer.write(b"\x16\x03\x01 no HTTP at all\r\n\r\n")
        assert (await peer.reader.readline()).startswith(b"HTTP/1.0 400")
        await eventually(lambda: not server.running.server.wires)
        assert len(server.events("socket_closed")) == 1


LEAVINGS = [
    ("ws", "close", "close 4001"),
    ("ws", "fin", "fin"),
    ("ws", "rst", "rst"),
    ("http", "fin", "fin"),
    ("http", "rst", "rst"),
]


@pytest.mark.parametrize(("profile", "way", "how"), LEAVINGS)
@pytest.mark.parametrize(
    ("behaviour", "after"),
    [
        ({"faults": ["stall_before_first_byte"]}, "stream_stalled"),
        ({"faults": [{"name": "stall_mid_stream", "after_ms": 160}]}, "stream_stalled"),
        ({"faults": ["missing_marker"]}, "stream_stalled"),
        ({"pace": "real-time", "ms_per_character": 500}, "stream_sent"),
    ],
)
async def test_the_ledger_sees_who_let_go_and_how_also_while_nothing_is_written(
    profile: str, way: str, how: str, behaviour: dict[str, Any], after: str
) -> None:
    async with fake(**behaviour) as server:
        ask = server.upgraded if profile == "ws" else server.posted
        peer = await ask(text_of(1, 1))
        await server.wait_for(after)
        left_at = asyncio.get_running_loop().time()
        peer.leave(way)
        released = await server.wait_for("stream_released")
        closed = await server.wait_for("socket_closed")
        for event in (released, closed):
            assert (event["data"]["by"], event["data"]["how"]) == ("peer", how)
            assert event["at_ns"] / 1e9 - left_at < 2
        await eventually(lambda: not server.running.server.wires)
        assert len(server.events("stream_released")) == len(server.events("socket_closed")) == 1


@pytest.mark.parametrize("profile", ["ws", "http"])
async def test_a_client_that_reads_nothing_stops_the_stream_and_costs_no_memory(
    profile: str,
) -> None:
    async with fake(ms_per_character=20_000) as server:
        ask = server.upgraded if profile == "ws" else server.posted
        peer = await ask(text_of(1, 1))
        peer.stop_reading()
        wires = server.running.server.wires
        await eventually(lambda: any(open_.queued_bytes > 32_768 for open_ in wires))
        assert max(open_.queued_bytes for open_ in wires) < 128_000
        peer.leave("rst")
        released = await server.wait_for("stream_released")
        assert (released["data"]["by"], released["data"]["how"]) == ("peer", "rst")
        sent = server.events("stream_sent")
        assert released["data"]["samples_sent"] < sum(e["data"]["bytes"] for e in sent) // 2 + 1
        assert sent[-1]["data"]["queued_bytes"] > 0
