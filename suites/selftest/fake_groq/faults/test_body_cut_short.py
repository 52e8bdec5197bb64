import pytest

from suites.selftest.fake_groq.raw import http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

CUT = {"name": "body_cut_short", "after_ms": 400}


async def test_a_body_ends_by_fin_and_without_the_last_chunk() -> None:
    async with fake(faults=[CUT]) as server:
        seen = await http(server)
        assert (seen.end, seen.has_last_chunk, seen.rest) == ("fin", False, b"")
        assert seen.runs == [(0, 9600)]
        assert (await told(server)).failed == ["fin"]


async def test_a_websocket_ends_by_fin_and_without_a_close_frame() -> None:
    async with fake(faults=[CUT]) as server:
        seen = await ws(server)
        assert (seen.order, seen.end, seen.rest) == ("b", "fin", b"")
        assert seen.runs == [(0, 9600)]
        story = await told(server)
        assert (story.fault, story.failed, story.ended) == ("body_cut_short", ["fin"], [])
        assert story.released == "own fin"
