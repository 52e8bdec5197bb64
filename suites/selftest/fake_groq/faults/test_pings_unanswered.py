import pytest

from suites.selftest.fake_groq.raw import PONG, TEXT, WHOLE, http, read_frames
from suites.selftest.fake_groq.staging import NO_MASK, fake, text_of

pytestmark = pytest.mark.io

PING_FRAME = b"\x89\x80" + NO_MASK


async def test_a_ping_stays_without_a_pong() -> None:
    async with fake(faults=["pings_unanswered"], pace="real-time") as server:
        peer = await server.upgraded(TEXT)
        await server.wait_for("stream_sent")
        peer.writer.write(PING_FRAME)
        seen = await read_frames(peer)
        assert PONG not in [frame.opcode for frame in seen.frames]
        assert (seen.runs, seen.codes) == (WHOLE, [1000])


async def test_it_is_for_one_stream_and_not_over_http() -> None:
    async with fake(after_marker="stay") as server:
        rule = {"match": {"session": 1}, "behaviour": {"faults": ["pings_unanswered"]}}
        server.running.service.rulebook.update({"rules": [rule]})
        peer = await server.upgraded(TEXT)
        await read_frames(peer, until=lambda seen: bool(seen.texts))
        peer.ask(text_of(2, 1))
        await read_frames(peer, until=lambda seen: bool(seen.texts))
        peer.writer.write(PING_FRAME)
        seen = await read_frames(peer, until=lambda seen: bool(seen.frames))
        assert seen.frames[0].opcode == PONG
        assert (await http(server)).runs == WHOLE
        faults = [event["data"]["fault"] for event in server.events("stream_opened")]
        assert faults == ["pings_unanswered", None, None]
