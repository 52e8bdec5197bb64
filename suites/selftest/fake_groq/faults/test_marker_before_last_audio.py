import pytest

from suites.selftest.fake_groq.raw import BINARY, CLOSE, TEXT_FRAME, TOTAL, WHOLE, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

NAME = "marker_before_last_audio"


async def test_audio_follows_a_text_marker() -> None:
    async with fake(faults=[NAME]) as server:
        seen = await ws(server)
        assert (seen.order, seen.texts, seen.codes) == ("btbc", [b"__END__"], [1000])
        assert [frame.opcode for frame in seen.frames[-4:]] == [TEXT_FRAME, BINARY, BINARY, CLOSE]
        assert seen.runs == WHOLE
        story = await told(server)
        assert (story.ended, story.failed, story.fault) == (["text:__END__"], [], NAME)
        assert story.kinds[-4:] == ["stream_ended", "stream_sent", "stream_sent", "stream_released"]


async def test_audio_follows_a_close_frame() -> None:
    async with fake(faults=[NAME], end_marker="close:1001") as server:
        seen = await ws(server)
        assert (seen.order, seen.codes, seen.runs) == ("bcb", [1001], WHOLE)
        story = await told(server)
        assert (story.ended, story.failed) == (["close:1001"], [])
        assert story.released == "own close 1001"


async def test_chunks_follow_the_last_chunk() -> None:
    async with fake(faults=[NAME]) as server:
        seen = await http(server)
        assert (seen.runs, seen.has_last_chunk, seen.end) == ([(0, TOTAL - 3840)], True, "fin")
        assert len(seen.rest) == 2 * (5 + 3840 + 2)
        story = await told(server)
        assert (story.ended, story.runs) == (["body"], [[0, TOTAL]])
