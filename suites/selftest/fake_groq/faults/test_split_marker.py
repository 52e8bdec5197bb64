import pytest

from suites.selftest.fake_groq.raw import (
    BINARY,
    CONTINUATION,
    FRAMES,
    TEXT_FRAME,
    WHOLE,
    http,
    told,
    ws,
)
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

NAME = "split_marker"


@pytest.mark.parametrize(
    ("marker", "opcode", "halves"),
    [
        ("text:__END__", TEXT_FRAME, [b"__E", b"ND__"]),
        ("empty", BINARY, [b"", b""]),
        ("silence:10", BINARY, [bytes(240), bytes(240)]),
    ],
)
async def test_the_marker_is_a_frame_and_one_that_continues_it(
    marker: str, opcode: int, halves: list[bytes]
) -> None:
    async with fake(faults=[NAME], end_marker=marker) as server:
        seen = await ws(server)
        first, second = seen.frames[FRAMES : FRAMES + 2]
        assert (first.opcode, first.is_final) == (opcode, False)
        assert (second.opcode, second.is_final) == (CONTINUATION, True)
        assert [first.payload, second.payload] == halves
        assert (seen.codes, (await told(server)).ended) == ([1000], [marker])


async def test_the_last_chunk_comes_in_two_halves() -> None:
    async with fake(faults=[NAME]) as server:
        seen = await http(server)
        assert (seen.runs, seen.rest + b"!", seen.end) == (WHOLE, b"!", "fin")
        assert seen.has_last_chunk
        extra = server.events("stream_extra")
        assert [event["data"]["bytes"] for event in extra] == [3, 2]
        assert extra[1]["at_ns"] - extra[0]["at_ns"] > 40e6
        story = await told(server)
        assert (story.ended, story.failed, story.is_harmless) == (["body"], [], True)


async def test_a_close_frame_is_not_divided() -> None:
    async with fake(faults=[NAME], end_marker="close") as server:
        assert (await ws(server)).order == "bc"
        assert (await told(server)).fault is None
