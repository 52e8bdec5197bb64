import pytest

from suites.selftest.fake_groq.raw import BINARY, TEXT_FRAME, WHOLE, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

NAME = "marker_in_wrong_frame_type"


@pytest.mark.parametrize(
    ("marker", "frame"),
    [
        ("text:__END__", (BINARY, b"__END__")),
        ("empty", (TEXT_FRAME, b"")),
        ("silence:1", (TEXT_FRAME, bytes(48))),
    ],
)
async def test_text_comes_as_binary_and_binary_as_text(
    marker: str, frame: tuple[int, bytes]
) -> None:
    async with fake(faults=[NAME], end_marker=marker) as server:
        seen = await ws(server)
        last = seen.frames[-2]
        assert ((last.opcode, last.payload), seen.codes) == (frame, [1000])
        assert (await told(server)).ended == [marker]


async def test_it_means_nothing_to_a_close_and_over_http() -> None:
    async with fake(faults=[NAME], end_marker="close") as server:
        assert (await ws(server)).order == "bc"
        assert (await http(server)).runs == WHOLE
        assert [e["data"]["fault"] for e in server.events("stream_opened")] == [None, None]
