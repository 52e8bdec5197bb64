import asyncio

import pytest

from suites.selftest.fake_groq.raw import http, ws
from suites.selftest.fake_groq.staging import fake, heard, runs_of, text_of

pytestmark = pytest.mark.io

TEXT = text_of(1, 1)
TOTAL = 1920 * -(-20 * len(TEXT) // 80)
SHORT = {"name": "missing_marker", "stall_ms": 200}


@pytest.mark.parametrize("marker", ["text:__END__", "json:type=done", "close"])
async def test_a_websocket_stays_open_behind_all_of_its_audio(marker: str) -> None:
    async with (
        fake(faults=["missing_marker"], end_marker=marker) as server,
        server.speaking(TEXT) as client,
    ):
        pcm = b""
        while len(pcm) < 2 * TOTAL:
            pcm += bytes(await client.recv(decode=False))
        assert [(first, count) for _, first, count in runs_of(pcm)] == [(0, TOTAL)]
        await server.wait_for("stream_stalled", fault="missing_marker")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.15):
                await client.recv()
        assert server.events("stream_ended") == []
        await client.close(1001)
        released = await server.wait_for("stream_released")
        assert (released["data"]["how"], released["data"]["samples_sent"]) == ("close 1001", TOTAL)


async def test_after_the_silence_a_websocket_is_left_without_a_close_frame() -> None:
    async with fake(faults=[SHORT]) as server, server.speaking(TEXT) as client:
        pcm, texts, end = await heard(client)
        assert (len(pcm), texts, end) == (2 * TOTAL, [], "fin")
        released = await server.wait_for("stream_released")
        assert (released["data"]["by"], released["data"]["how"]) == ("own", "fin")
        await server.wait_for("stream_failed", how="fin")


async def test_a_body_has_no_last_chunk() -> None:
    async with fake(faults=[SHORT]) as server:
        peer = await server.posted(TEXT)
        _, body, end = await peer.chunks()
        assert (len(body), end) == (1 + TOTAL // 1920, "fin")
        closed = await server.wait_for("socket_closed")
        assert (closed["data"]["by"], closed["data"]["how"]) == ("own", "fin")
        assert server.events("stream_ended") == []


async def test_a_bare_socket_sees_all_of_the_audio_and_then_a_fin() -> None:
    async with fake(faults=[SHORT]) as server:
        seen = await ws(server, TEXT)
        assert (seen.order, seen.runs, seen.end) == ("b", [(0, TOTAL)], "fin")
        seen = await http(server, TEXT)
        assert (seen.runs, seen.has_last_chunk, seen.end) == ([(0, TOTAL)], False, "fin")
