import pytest

from suites.selftest.fake_groq.raw import WHOLE, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


async def test_an_empty_message_comes_first() -> None:
    async with fake(faults=["empty_frame_first"]) as server:
        seen = await ws(server)
        assert [(f.opcode, len(f.payload)) for f in seen.frames[:2]] == [(2, 0), (2, 3840)]
        assert (seen.runs, seen.texts) == (WHOLE, [b"__END__"])
        assert (await told(server)).is_harmless


async def test_it_means_nothing_where_it_is_the_marker_or_over_http() -> None:
    async with fake(faults=["empty_frame_first"], end_marker="empty") as server:
        seen = await ws(server)
        assert (seen.frames[0].payload != b"", seen.runs) == (True, WHOLE)
        assert (await http(server)).runs == WHOLE
        assert [e["data"]["fault"] for e in server.events("stream_opened")] == [None, None]
