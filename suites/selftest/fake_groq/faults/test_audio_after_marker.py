import pytest

from suites.selftest.fake_groq.raw import TOTAL, WHOLE, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

NAME = "audio_after_marker"
TAIL = [(TOTAL - 3840, 3840)]


@pytest.mark.parametrize(("marker", "order"), [("text:__END__", "btbc"), ("close", "bcb")])
async def test_the_end_of_the_speech_is_repeated_behind_the_marker(marker: str, order: str) -> None:
    async with fake(faults=[NAME], end_marker=marker) as server:
        seen = await ws(server)
        assert (seen.order, seen.runs) == (order, WHOLE + TAIL)
        story = await told(server)
        assert (story.ended, story.failed) == ([marker], [])
        assert story.runs == [[0, TOTAL], [TOTAL - 3840, 3840]]


async def test_without_a_marker_nothing_is_behind_it() -> None:
    async with fake(faults=[NAME], end_marker="none") as server:
        assert (await ws(server)).runs == WHOLE


async def test_chunks_follow_the_last_chunk() -> None:
    async with fake(faults=[{"name": NAME, "audio_ms": 80}]) as server:
        seen = await http(server)
        assert (seen.runs, seen.has_last_chunk, seen.end) == (WHOLE, True, "fin")
        assert seen.rest[:5] + seen.rest[-2:] == b"f00\r\n\r\n"
