import pytest

from fake_groq.faults.base import FaultError, parse_fault
from suites.selftest.fake_groq.raw import http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

STALL = {"name": "stall_then_close", "after_ms": 400, "stall_ms": 200}


async def test_a_websocket_falls_silent_and_is_closed() -> None:
    async with fake(faults=[STALL]) as server:
        seen = await ws(server)
        assert (seen.order, seen.codes, seen.runs) == ("bc", [1000], [(0, 9600)])
        assert seen.gap_ms() > 100
        story = await told(server)
        assert (story.stalled, story.failed) == (["stall_then_close"], ["close 1000"])


async def test_a_body_falls_silent_and_is_cut() -> None:
    async with fake(faults=[STALL]) as server:
        seen = await http(server)
        assert (seen.runs, seen.has_last_chunk, seen.end) == ([(0, 9600)], False, "fin")


def test_a_code_that_is_none_is_refused() -> None:
    with pytest.raises(FaultError):
        parse_fault({**STALL, "code": 1})
