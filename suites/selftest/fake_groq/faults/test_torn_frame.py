import pytest

from suites.selftest.fake_groq.raw import WHOLE, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


async def test_a_websocket_ends_in_the_middle_of_a_frame() -> None:
    async with fake(faults=["torn_frame"]) as server:
        seen = await ws(server)
        assert (seen.order, seen.runs, seen.end) == ("b", [(0, 9600)], "fin")
        assert len(seen.rest) == 4 + 1920  # of 3840 that are announced
        story = await told(server)
        assert (story.failed, story.runs) == (["fin"], [[0, 9600 + 960]])


async def test_a_body_ends_in_the_middle_of_a_chunk() -> None:
    async with fake(faults=[{"name": "torn_frame", "after_ms": 0}]) as server:
        seen = await http(server)
        assert (seen.rest[:5], len(seen.rest), seen.end) == (b"f00\r\n", 5 + 1920, "fin")
        assert not seen.has_last_chunk


async def test_without_audio_there_is_nothing_to_tear() -> None:
    async with fake(faults=[{"name": "torn_frame", "after_ms": 99_999}]) as server:
        assert (await ws(server)).runs == WHOLE
