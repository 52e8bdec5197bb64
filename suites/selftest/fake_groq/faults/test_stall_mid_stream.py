import asyncio

import pytest

from suites.selftest.fake_groq.raw import Profile, http, ws
from suites.selftest.fake_groq.staging import fake, heard, runs_of, text_of

pytestmark = pytest.mark.io

TEXT = text_of(1, 1)
STALL = {"name": "stall_mid_stream", "after_ms": 400}
HEARD_BYTES = 400 * 48


async def test_a_websocket_falls_silent_after_exactly_so_much() -> None:
    async with fake(faults=[STALL]) as server, server.speaking(TEXT) as client:
        pcm = b""
        while len(pcm) < HEARD_BYTES:
            pcm += bytes(await client.recv(decode=False))
        assert [count for _, _, count in runs_of(pcm)] == [HEARD_BYTES // 2]
        await server.wait_for("stream_stalled", fault="stall_mid_stream")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.15):
                await client.recv()


async def test_a_body_falls_silent_between_two_chunks() -> None:
    async with fake(faults=[STALL]) as server:
        peer = await server.posted(TEXT)
        await server.wait_for("stream_stalled")
        await peer.reader.readuntil(b"\r\n\r\n")
        body = b"4e\r\n" + bytes(78) + b"\r\n" + 5 * (b"f00\r\n" + bytes(3840) + b"\r\n")
        assert len(await peer.reader.readexactly(len(body))) == len(body)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.15):
                await peer.reader.read(1)


async def test_behind_it_the_rest_comes_at_its_pace() -> None:
    stall = {**STALL, "after_ms": 100, "stall_ms": 300}
    async with (
        fake(faults=[stall], pace="real-time", ms_per_character=4) as server,
        server.speaking(TEXT) as client,
    ):
        pcm, texts, end = await heard(client)
        assert (len(pcm), texts, end) == (4 * 3840, ["__END__"], "close 1000")
        assert [(first, count) for _, first, count in runs_of(pcm)] == [(0, 4 * 1920)]
        opened = server.events("stream_opened")[0]["at_ns"]
        sent = [(event["at_ns"] - opened) / 1e6 for event in server.events("stream_sent")]
        due = [0, 80, 380, 460, 540]  # 20 ms of the second frame, the stall, the rest of it
        assert len(sent) == len(due)
        assert all(at >= ms - 0.1 for at, ms in zip(sent, due, strict=True))


@pytest.mark.parametrize("profile", [ws, http])
async def test_a_bare_socket_sees_the_gap_and_then_the_rest(profile: Profile) -> None:
    async with fake(faults=[{**STALL, "stall_ms": 200}]) as server:
        seen = await profile(server, TEXT)
        assert seen.gap_ms() > 100
        assert [first for first, _ in seen.runs] == [0]
