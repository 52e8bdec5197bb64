import pytest

from suites.selftest.fake_groq.raw import FRAMES, WHOLE, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

NAME = "missing_last_chunk"


async def test_a_body_is_whole_but_for_its_last_chunk() -> None:
    async with fake(faults=[NAME]) as server:
        seen = await http(server)
        assert (seen.runs, seen.has_last_chunk, seen.end) == (WHOLE, False, "fin")
        story = await told(server)
        assert (story.failed, story.ended) == (["fin"], [])


async def test_the_last_message_of_a_websocket_is_not_over() -> None:
    async with fake(faults=[NAME]) as server:
        seen = await ws(server)
        assert [frame.is_final for frame in seen.frames] == [True] * (FRAMES - 1) + [False]
        assert (seen.runs, seen.order, seen.end) == (WHOLE, "b", "fin")
