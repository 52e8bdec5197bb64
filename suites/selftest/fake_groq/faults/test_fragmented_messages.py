import pytest

from suites.selftest.fake_groq.raw import (
    BINARY,
    CONTINUATION,
    FRAMES,
    TEXT,
    TOTAL,
    WHOLE,
    http,
    told,
    ws,
)
from suites.selftest.fake_groq.staging import fake, heard

pytestmark = pytest.mark.io


async def test_each_message_is_three_frames() -> None:
    async with fake(faults=["fragmented_messages"]) as server:
        seen = await ws(server)
        said = [(frame.opcode, frame.is_final) for frame in seen.pieces]
        three = [(BINARY, False), (CONTINUATION, False), (CONTINUATION, True)]
        assert said == three * FRAMES
        assert (seen.runs, seen.texts) == (WHOLE, [b"__END__"])
        story = await told(server)
        assert (story.runs, story.is_harmless) == ([[0, TOTAL]], True)


async def test_a_client_joins_them() -> None:
    async with fake(faults=["fragmented_messages"]) as server:
        async with server.speaking(TEXT) as client:
            pcm, texts, end = await heard(client)
        assert (len(pcm), texts, end) == (2 * TOTAL, ["__END__"], "close 1000")


async def test_it_means_nothing_over_http() -> None:
    async with fake(faults=["fragmented_messages"]) as server:
        assert (await http(server)).runs == WHOLE
        assert (await told(server)).fault is None
