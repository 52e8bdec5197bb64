import pytest

from fake_groq.faults.base import FaultError, parse_fault
from suites.selftest.fake_groq.raw import http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

NAME = "close_with_error"


async def test_a_websocket_is_closed_in_the_middle_with_an_error_code() -> None:
    async with fake(faults=[NAME]) as server:
        seen = await ws(server)
        assert (seen.order, seen.codes, seen.end) == ("bc", [1011], "fin")
        assert seen.runs == [(0, 9600)]
        story = await told(server)
        assert (story.fault, story.failed, story.ended) == (NAME, ["close 1011"], [])


async def test_a_body_is_cut_short() -> None:
    async with fake(faults=[{"name": NAME, "after_ms": 80, "code": 1012}]) as server:
        seen = await http(server)
        assert (seen.runs, seen.has_last_chunk, seen.end) == ([(0, 1920)], False, "fin")
        assert (await told(server)).failed == ["fin"]


def test_a_code_that_is_none_is_refused() -> None:
    with pytest.raises(FaultError):
        parse_fault({"name": NAME, "code": 5000})
