import pytest

from fake_groq.faults.base import FaultError, parse_fault
from suites.selftest.fake_groq.raw import PONG, TEXT, WHOLE, error_of, http, read_frames, told, ws
from suites.selftest.fake_groq.staging import NO_MASK, fake

pytestmark = pytest.mark.io

NAME = "error_message"


@pytest.mark.parametrize(("after_ms", "order"), [(0, "tc"), (400, "btc")])
async def test_the_message_comes_behind_so_much_audio_and_then_a_close(
    after_ms: float, order: str
) -> None:
    fault = {"name": NAME, "after_ms": after_ms, "close_code": 1011}
    async with fake(faults=[fault]) as server:
        seen = await ws(server)
        assert (seen.order, seen.codes) == (order, [1011])
        assert error_of(seen.texts[0])["type"] == "internal_server_error"
        assert len(seen.pcm) == after_ms * 48
        story = await told(server)
        assert (story.failed, story.ended) == (["error message"], [])


async def test_without_a_close_code_the_socket_stays_open() -> None:
    async with fake(faults=[NAME]) as server:
        peer = await server.upgraded(TEXT)
        seen = await read_frames(peer, until=lambda seen: bool(seen.texts))
        story = await told(server)
        assert (story.failed, story.released) == (["error message"], "own end of plan")
        peer.writer.write(b"\x89\x80" + NO_MASK)  # a ping is answered: nothing else came
        seen = await read_frames(peer, until=lambda seen: bool(seen.frames))
        assert seen.frames[0].opcode == PONG


async def test_the_speech_may_go_on_behind_it() -> None:
    async with fake(faults=[{"name": NAME, "after_ms": 400, "goes_on": 1}]) as server:
        seen = await ws(server)
        assert (seen.order, seen.runs) == ("btbtc", WHOLE)
        assert seen.texts[1] == b"__END__"
        story = await told(server)
        assert (story.failed, story.ended) == ([], ["text:__END__"])


async def test_over_http_it_is_a_status() -> None:
    async with fake(faults=[{"name": NAME, "status": 502}]) as server:
        seen = await http(server)
        assert seen.head.startswith("HTTP/1.1 502")
        assert error_of(seen.rest)["message"]
        await server.wait_for("stream_failed", how="status 502")


@pytest.mark.parametrize("settings", [{"status": 200}, {"close_code": 1}])
def test_what_is_no_status_or_code_is_refused(settings: dict[str, int]) -> None:
    with pytest.raises(FaultError):
        parse_fault({"name": NAME, **settings})
