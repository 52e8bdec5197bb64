import pytest

from suites.selftest.fake_groq.raw import TOTAL, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


async def test_a_websocket_carries_zeros_of_the_right_length() -> None:
    async with fake(faults=["silent_answer"]) as server:
        seen = await ws(server)
        assert (seen.order, seen.texts, seen.codes) == ("btc", [b"__END__"], [1000])
        assert seen.pcm == bytes(2 * TOTAL)
        story = await told(server)
        assert (story.runs, story.zeros, story.ended) == ([], TOTAL, ["text:__END__"])


async def test_a_body_carries_zeros_of_the_right_length() -> None:
    async with fake(faults=["silent_answer"]) as server:
        seen = await http(server)
        assert (seen.pcm, seen.has_last_chunk) == (bytes(2 * TOTAL), True)
        opened = await server.wait_for("stream_opened")
        assert (opened["data"]["total_samples"], opened["data"]["fault"]) == (0, "silent_answer")
