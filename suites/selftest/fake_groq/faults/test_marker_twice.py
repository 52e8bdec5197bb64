import pytest

from suites.selftest.fake_groq.raw import FRAMES, WHOLE, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

NAME = "marker_twice"


@pytest.mark.parametrize(
    ("marker", "frames"),
    [
        ("text:__END__", [(1, b"__END__"), (1, b"__END__")]),
        ("json:type=done", [(1, b'{"type":"done"}'), (1, b'{"type":"done"}')]),
        ("empty", [(2, b""), (2, b"")]),
        ("close", [(8, b"\x03\xe8"), (8, b"\x03\xe8")]),
        ("silence:80", [(2, bytes(3840)), (2, bytes(3840))]),
    ],
)
async def test_the_marker_comes_twice(marker: str, frames: list[tuple[int, bytes]]) -> None:
    async with fake(faults=[NAME], end_marker=marker, after_marker="stay") as server:
        count = FRAMES + len(frames)
        seen = await ws(server, until=lambda seen: len(seen.frames) == count)
        assert [(f.opcode, f.payload) for f in seen.frames[FRAMES:]] == frames
        story = await told(server)
        assert (story.ended[0], story.failed, story.is_harmless) == (marker, [], True)


async def test_the_second_may_come_later() -> None:
    fault = {"name": NAME, "apart_ms": 150}
    async with fake(faults=[fault]) as server:
        seen = await ws(server)
        assert (seen.texts, seen.codes, seen.runs) == ([b"__END__"] * 2, [1000], WHOLE)
        first, second = server.events("stream_ended")
        assert second["at_ns"] - first["at_ns"] > 75e6
        assert (first["data"].get("again"), second["data"]["again"]) == (None, True)


async def test_a_body_has_two_last_chunks() -> None:
    async with fake(faults=[NAME]) as server:
        seen = await http(server)
        assert (seen.has_last_chunk, seen.rest, seen.end) == (True, b"0\r\n\r\n", "fin")
        assert seen.runs == WHOLE
        story = await told(server)
        assert (story.ended, story.failed) == (["body"], [])


async def test_nothing_cannot_come_twice() -> None:
    async with fake(faults=[NAME], end_marker="none") as server:
        assert (await ws(server)).order == "bc"
        assert (await told(server)).fault is None
