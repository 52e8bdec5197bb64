import pytest

from suites.selftest.fake_groq.raw import FRAMES, TOTAL, WHOLE, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


async def test_the_marker_is_the_end_of_the_last_audio() -> None:
    async with fake(faults=["merged_marker"]) as server:
        seen = await ws(server)
        assert (seen.order, len(seen.pieces)) == ("bc", FRAMES)
        assert seen.pieces[-1].payload[3840:] == b"__END__"
        story = await told(server)
        assert (story.runs, story.ended, story.failed) == ([[0, TOTAL]], ["text:__END__"], [])


async def test_it_means_nothing_where_the_marker_is_no_text_and_over_http() -> None:
    async with fake(faults=["merged_marker"], end_marker="empty") as server:
        assert (await ws(server)).runs == WHOLE
        assert (await http(server)).runs == WHOLE
        assert [e["data"]["fault"] for e in server.events("stream_opened")] == [None, None]
