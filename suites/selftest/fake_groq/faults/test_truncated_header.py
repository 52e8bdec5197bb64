import pytest

from fake_groq.wav import wav_header
from suites.selftest.fake_groq.raw import http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

NAME = "truncated_header"


@pytest.mark.parametrize("size", [0, 20, 43, 78])
async def test_the_body_ends_cleanly_within_its_header(size: int) -> None:
    async with fake(faults=[{"name": NAME, "header_bytes": size}]) as server:
        seen = await http(server)
        body = b"".join(chunk.payload for chunk in seen.chunks)
        assert (body, seen.has_last_chunk, seen.end) == (wav_header()[:size], True, "fin")
        story = await told(server)
        assert (story.ended, story.runs) == (["body"], [])


async def test_a_websocket_ends_within_the_header_of_a_frame() -> None:
    async with fake(faults=[NAME]) as server:
        seen = await ws(server)
        assert (seen.frames, seen.rest, seen.end) == ([], b"\x82", "fin")
        assert (await told(server)).failed == ["fin"]
