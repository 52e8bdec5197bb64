import pytest

from suites.selftest.fake_groq.raw import TEXT, read_body, read_frames, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


@pytest.mark.parametrize("way", ["ws", "http"])
async def test_after_its_fin_the_upstream_reads_on_until_the_client_goes(way: str) -> None:
    async with fake(faults=["half_close"]) as server:
        peer = await (server.upgraded(TEXT) if way == "ws" else server.posted(TEXT))
        seen = await (read_frames(peer) if way == "ws" else read_body(peer))
        assert (seen.runs, seen.end, seen.has_last_chunk) == ([(0, 9600)], "fin", False)
        await server.wait_for("stream_failed", how="half_close")
        assert server.events("socket_closed", "stream_released") == []
        peer.leave("fin")
        assert (await told(server)).released == "peer fin"


async def test_in_the_end_it_goes_by_itself() -> None:
    async with fake(faults=[{"name": "half_close", "stay_ms": 100}]) as server:
        assert (await ws(server)).end == "fin"
        story = await told(server)
        assert (story.failed, story.released) == (["half_close"], "own fin")
