import pytest

from suites.selftest.fake_groq.raw import TOTAL, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

NAME = "marker_and_silence"


@pytest.mark.parametrize(("marker", "order"), [("text:__END__", "btc"), ("close", "bc")])
async def test_zeros_come_between_audio_and_marker(marker: str, order: str) -> None:
    async with fake(faults=[NAME], end_marker=marker) as server:
        seen = await ws(server)
        assert (seen.order, seen.pcm[2 * TOTAL :]) == (order, bytes(500 * 48))
        story = await told(server)
        assert (story.runs, story.zeros, story.ended) == ([[0, TOTAL]], 12_000, [marker])


async def test_they_come_at_the_pace_of_the_speech() -> None:
    fault = {"name": NAME, "silence_ms": 240}
    async with fake(faults=[fault], pace="real-time", ms_per_character=1) as server:
        await ws(server)
        sent = server.events("stream_sent")
        assert sent[-1]["at_ns"] - sent[-4]["at_ns"] > 120e6


async def test_a_body_ends_with_zeros() -> None:
    async with fake(faults=[{"name": NAME, "silence_ms": 100}]) as server:
        seen = await http(server)
        assert (seen.pcm[2 * TOTAL :], seen.has_last_chunk) == (bytes(4800), True)
