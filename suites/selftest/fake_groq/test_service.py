import pytest

from fake_groq.service import COUNT_MAX
from suites.selftest.fake_groq.raw import error_of, http, ws
from suites.selftest.fake_groq.staging import UPGRADE, fake, heard, text_of

pytestmark = pytest.mark.io


async def test_the_first_plan_of_a_text_is_no_attempt() -> None:
    async with fake() as server:
        service = server.running.service
        assert service.first_plan("ws", "hello").count == 0
        assert service.first_plan("ws", "hello").count == 0
        async with server.speaking("hello") as client:
            await heard(client)
        assert server.events("stream_opened")[0]["data"]["count"] == 0


async def test_attempts_beyond_the_last_count_share_it() -> None:
    async with fake(ms_per_character=0) as server:
        wire = type("Wire", (), {"number": 1})()
        for _ in range(COUNT_MAX + 2):
            server.running.service.exchange(wire, "ws", "hello")
        async with server.speaking("hello") as client:
            await heard(client)
        opened = await server.wait_for("stream_opened")
        assert (opened["data"]["count"], opened["stream"]) == (COUNT_MAX, COUNT_MAX)


async def test_each_text_is_counted_on_its_own() -> None:
    async with fake(ms_per_character=0) as server:
        for text in (text_of(1, 1), text_of(1, 2), text_of(1, 1) + " "):
            async with server.speaking(text) as client:
                await heard(client)
        assert [e["data"]["count"] for e in server.events("stream_opened")] == [0, 0, 0]


async def test_every_third_stream_is_cut() -> None:
    async with fake(faults=[{"name": "body_cut_short", "every": 3}]) as server:
        ends = [(await http(server)).has_last_chunk for _ in range(6)]
        assert ends == [True, True, False] * 2
        faults = [event["data"]["fault"] for event in server.events("stream_opened")]
        assert faults == [None, None, "body_cut_short"] * 2


async def test_chance_is_drawn_from_seed_text_and_attempt() -> None:
    async def met() -> list[bool]:
        async with fake(faults=[{"name": "body_cut_short", "probability": 0.5}]) as server:
            return [(await http(server)).has_last_chunk for _ in range(12)]

    first = await met()
    assert set(first) == {True, False}
    assert await met() == first


HEADER = "x-fake-fault: body_cut_short;after_ms=80\r\n"


async def test_a_request_asks_for_a_fault_by_its_header() -> None:
    async with fake() as server:
        seen = await http(server, headers=HEADER)
        assert (seen.runs, seen.has_last_chunk) == ([(0, 1920)], False)
        seen = await ws(server, headers=HEADER)
        assert (seen.runs, seen.end) == ([(0, 1920)], "fin")
        assert (await http(server)).has_last_chunk
        faults = [event["data"]["fault"] for event in server.events("stream_opened")]
        assert faults == ["body_cut_short", "body_cut_short", None]


async def test_a_header_that_is_wrong_is_a_400() -> None:
    async with fake() as server:
        seen = await http(server, headers="x-fake-fault: body_cut_shor\r\n")
        assert seen.head.startswith("HTTP/1.1 400")
        assert "did you mean 'body_cut_short'" in error_of(seen.rest)["message"]
        peer = await server.connected()
        peer.writer.write(UPGRADE.replace(b"\r\n\r\n", b"\r\nx-fake-fault: nothing\r\n\r\n"))
        assert (await peer.reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 400")
        refused = server.events("stream_refused")
        assert [event["data"]["code"] for event in refused] == ["fake_fault"] * 2


async def test_a_header_meets_the_upgrade_and_every_other_one() -> None:
    async with fake(faults=[{"name": "rate_limited", "every": 2}]) as server:
        heads = []
        for _ in range(3):
            peer = await server.connected()
            peer.writer.write(UPGRADE)
            heads.append((await peer.reader.readuntil(b"\r\n\r\n"))[9:12])
        assert heads == [b"101", b"429", b"101"]
