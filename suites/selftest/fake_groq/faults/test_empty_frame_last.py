import pytest

from suites.selftest.fake_groq.raw import WHOLE, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


async def test_an_empty_message_comes_between_audio_and_marker() -> None:
    async with fake(faults=["empty_frame_last"]) as server:
        seen = await ws(server)
        tail = [(frame.opcode, frame.payload) for frame in seen.frames[-3:-1]]
        assert tail == [(2, b""), (1, b"__END__")]
        assert seen.runs == WHOLE
        story = await told(server)
        assert (story.ended, story.is_harmless) == (["text:__END__"], True)


async def test_it_means_nothing_where_it_is_the_marker_or_over_http() -> None:
    async with fake(faults=["empty_frame_last"], end_marker="empty") as server:
        seen = await ws(server)
        assert [frame.payload for frame in seen.frames].count(b"") == 1
        assert (await http(server)).runs == WHOLE
        assert [e["data"]["fault"] for e in server.events("stream_opened")] == [None, None]
