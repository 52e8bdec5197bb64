import asyncio

import pytest

from suites.selftest.fake_groq.raw import TEXT, WHOLE, http, read_frames, told
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

SLOW = {"name": "slow_close_handshake", "answer_ms": 300}


async def test_the_answer_to_a_close_frame_comes_late() -> None:
    async with fake(faults=[SLOW], after_marker="stay") as server:
        peer = await server.upgraded(TEXT)
        await read_frames(peer, until=lambda seen: bool(seen.texts))
        left_ms = 1000 * asyncio.get_running_loop().time()
        peer.leave("close")
        seen = await read_frames(peer)
        assert (seen.codes, seen.end) == ([4001], "fin")
        assert seen.frames[-1].at_ms - left_ms > 290
        closed = await server.wait_for("socket_closed")
        assert (closed["data"]["by"], closed["data"]["how"]) == ("peer", "close 4001")


async def test_without_an_answer_the_client_may_go_by_itself() -> None:
    async with fake(faults=["slow_close_handshake"], pace="real-time") as server:
        peer = await server.upgraded(TEXT)
        await server.wait_for("stream_sent")
        peer.leave("close")
        assert (await told(server)).released == "peer close 4001"
        assert server.events("socket_closed") == []
        peer.leave("fin")
        seen = await read_frames(peer)
        assert (seen.codes, seen.end) == ([], "fin")


async def test_it_means_nothing_over_http() -> None:
    async with fake(faults=[SLOW]) as server:
        assert (await http(server)).runs == WHOLE
        assert (await told(server)).fault is None
