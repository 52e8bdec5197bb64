import pytest

from fake_groq.faults.base import FaultError, parse_fault
from suites.selftest.fake_groq.raw import WHOLE, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

NAME = "close_without_marker"


@pytest.mark.parametrize(
    ("settings", "runs", "code"),
    [({}, WHOLE, 1000), ({"after_ms": 400, "code": 1001}, [(0, 9600)], 1001)],
)
async def test_a_websocket_is_closed_in_the_place_of_the_marker(
    settings: dict[str, float], runs: list[tuple[int, int]], code: int
) -> None:
    async with fake(faults=[{"name": NAME, **settings}]) as server:
        seen = await ws(server)
        assert (seen.order, seen.codes, seen.runs) == ("bc", [code], runs)
        story = await told(server)
        assert (story.failed, story.ended) == ([f"close {code}"], [])
        assert story.released == f"own close {code}"


async def test_where_that_close_is_the_marker_it_means_nothing() -> None:
    async with fake(faults=[NAME], end_marker="close") as server:
        assert (await ws(server)).codes == [1000]
        story = await told(server)
        assert (story.fault, story.failed, story.ended) == (None, [], ["close"])


async def test_a_body_ends_without_the_last_chunk() -> None:
    async with fake(faults=[NAME]) as server:
        seen = await http(server)
        assert (seen.runs, seen.has_last_chunk, seen.end) == (WHOLE, False, "fin")


def test_a_code_that_is_none_is_refused() -> None:
    with pytest.raises(FaultError):
        parse_fault({"name": NAME, "code": 999})
