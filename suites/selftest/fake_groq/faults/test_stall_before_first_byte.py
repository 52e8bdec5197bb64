import asyncio

import pytest

from suites.selftest.fake_groq.raw import Profile, http, ws
from suites.selftest.fake_groq.staging import fake, heard, runs_of, text_of

pytestmark = pytest.mark.io

TEXT = text_of(1, 1)
SHORT = {"name": "stall_before_first_byte", "stall_ms": 300}


async def test_over_http_not_even_the_status_comes() -> None:
    async with fake(faults=["stall_before_first_byte"]) as server:
        peer = await server.posted(TEXT)
        stalled = await server.wait_for("stream_stalled")
        assert stalled["data"]["fault"] == "stall_before_first_byte"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.15):
                await peer.reader.read(1)


async def test_over_a_websocket_nothing_follows_the_upgrade() -> None:
    async with fake(faults=["stall_before_first_byte"]) as server, server.speaking(TEXT) as client:
        await server.wait_for("stream_stalled")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.15):
                await client.recv()
        assert server.events("stream_sent") == []


async def test_behind_it_everything_comes_as_planned() -> None:
    async with fake(faults=[SHORT]) as server, server.speaking(TEXT) as client:
        pcm, texts, end = await heard(client)
        assert (len(runs_of(pcm)), texts, end) == (1, ["__END__"], "close 1000")
        opened, first = server.events("stream_opened")[0], server.events("stream_sent")[0]
        assert first["at_ns"] - opened["at_ns"] >= 300e6


@pytest.mark.parametrize("profile", [ws, http])
async def test_a_bare_socket_sees_nothing_for_so_long_and_then_all(profile: Profile) -> None:
    async with fake(faults=[{"name": "stall_before_first_byte", "stall_ms": 150}]) as server:
        begun_ms = 1000 * asyncio.get_running_loop().time()
        seen = await profile(server, TEXT)
        assert (seen.frames or seen.chunks)[0].at_ms - begun_ms >= 150
        assert [first for first, _ in seen.runs] == [0]
