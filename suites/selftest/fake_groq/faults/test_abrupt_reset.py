import pytest

from suites.selftest.fake_groq.raw import ws
from suites.selftest.fake_groq.staging import Fake, fake, heard, runs_of, text_of

pytestmark = pytest.mark.io

TEXT = text_of(1, 1)
RESET = {"name": "abrupt_reset", "after_ms": 400}
# Paced, since a reset throws away what the client's side has not taken yet.
PACED = {"pace": "8x", "faults": [RESET]}


async def judge(server: Fake) -> None:
    failed = await server.wait_for("stream_failed")
    assert failed["data"]["how"] == "rst"
    released = await server.wait_for("stream_released")
    closed = await server.wait_for("socket_closed")
    for event in (released, closed):
        assert (event["data"]["by"], event["data"]["how"]) == ("own", "rst")
    assert released["data"]["samples_sent"] == 400 * 24


async def test_a_websocket_is_reset_in_the_middle_of_its_audio() -> None:
    async with fake(**PACED) as server:
        async with server.speaking(TEXT) as client:
            pcm, texts, end = await heard(client)
        assert (len(pcm), texts, end) == (400 * 48, [], "rst")
        assert [(first, count) for _, first, count in runs_of(pcm)] == [(0, 400 * 24)]
        await judge(server)


async def test_a_body_is_reset_in_the_middle_of_its_audio() -> None:
    async with fake(**PACED) as server:
        peer = await server.posted(TEXT)
        _, body, end = await peer.chunks()
        assert end == "rst"
        assert len(b"".join(body)) == 78 + 400 * 48
        await judge(server)


async def test_a_reset_before_the_first_audio() -> None:
    async with fake(faults=[{**RESET, "after_ms": 0}]) as server:
        async with server.speaking(TEXT) as client:
            assert await heard(client) == (b"", [], "rst")
        assert server.events("stream_sent") == []


async def test_a_bare_socket_sees_the_reset() -> None:
    async with fake(**PACED) as server:
        seen = await ws(server, TEXT)
        assert (seen.order, seen.runs, seen.end) == ("b", [(0, 9600)], "rst")
