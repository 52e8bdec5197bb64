"""The WebSocket profile over real sockets."""

import asyncio
import json

import pytest
from aiohttp import web
from websockets.asyncio.client import connect

from fake_groq.watermark import stream_key
from suites.selftest.fake_groq.staging import (
    DEADLINE_S,
    UPGRADE,
    eventually,
    fake,
    heard,
    runs_of,
    text_of,
)

pytestmark = pytest.mark.io

TEXT = text_of(3, 2)
KEY = stream_key(3, 2, 0, 0)
TOTAL = 1920 * -(-20 * len(TEXT) // 80)


async def test_the_audio_is_whole_and_its_own_and_the_marker_comes_last() -> None:
    async with fake() as server:
        async with server.speaking(TEXT) as client:
            pcm, texts, end = await heard(client)
        assert runs_of(pcm) == [(KEY, 0, TOTAL)]
        assert (texts, end) == (["__END__"], "close 1000")
        await server.wait_for("socket_closed")
        kinds = [event["kind"] for event in server.events() if event["kind"] != "loop_lag"]
        assert kinds == [
            "upstream_started",
            "socket_opened",
            "socket_named",
            "stream_opened",
            *["stream_sent"] * (TOTAL // 1920),
            "stream_ended",
            "stream_released",
            "socket_closed",
        ]


async def test_the_ledger_says_whose_stream_it_is_and_what_was_sent() -> None:
    async with fake() as server:
        async with server.speaking(TEXT) as client:
            await heard(client)
        opened = await server.wait_for("stream_opened")
        assert (opened["session"], opened["message"], opened["stream"]) == ("s3", "m2", KEY)
        assert opened["v"] == 1
        assert opened["source"] == "upstream"
        data = opened["data"]
        assert data["identities"] == [[3, 2, 0]]
        assert (data["count"], data["mixed"], data["profile"]) == (0, False, "ws")
        assert (data["total_samples"], data["text_chars"], data["fault"]) == (
            TOTAL,
            len(TEXT),
            None,
        )
        sent = server.events("stream_sent")
        assert [e["data"]["runs"] for e in sent] == [
            [[KEY, first, 1920]] for first in range(0, TOTAL, 1920)
        ]
        assert {e["data"]["bytes"] for e in sent} == {3840}
        released = await server.wait_for("stream_released")
        assert released["data"]["by"] == "own"
        assert released["data"]["how"] == "marker text:__END__"
        assert released["data"]["samples_sent"] == TOTAL


async def test_each_attempt_of_a_text_has_a_key_of_its_own() -> None:
    async with fake() as server:
        keys = []
        for _ in range(3):
            async with server.speaking(TEXT) as client:
                pcm, _, _ = await heard(client)
            keys += [key for key, _, _ in runs_of(pcm)]
        assert keys == [KEY, KEY + 1, KEY + 2]
        assert [e["data"]["count"] for e in server.events("stream_opened")] == [0, 1, 2]


@pytest.mark.parametrize(
    ("marker", "texts", "end", "extra"),
    [
        ("json:type=done", ['{"type":"done"}'], "close 1000", 0),
        ("close", [], "close 1000", 0),
        ("close:1011", [], "close 1011", 0),
        ("empty", [], "close 1000", 0),
        ("silence:100", [], "close 1000", 4800),
        ("none", [], "close 1000", 0),
    ],
)
async def test_the_other_markers(marker: str, texts: list[str], end: str, extra: int) -> None:
    async with fake(end_marker=marker) as server:
        async with server.speaking(TEXT) as client:
            pcm, said, ending = await heard(client)
        assert (said, ending, len(pcm)) == (texts, end, 2 * TOTAL + extra)
        assert not any(pcm[2 * TOTAL :])
        ended = await server.wait_for("stream_ended")
        assert ended["data"]["marker"] == marker
        assert ended["data"]["samples"] == TOTAL


async def test_a_close_marker_ends_the_stream_before_the_client_answers() -> None:
    async with fake(end_marker="close") as server:
        peer = await server.upgraded(TEXT)
        await server.wait_for("stream_ended")  # our answer to the close frame is still to come
        assert server.events("socket_closed") == []
        peer.leave("fin")
        closed = await server.wait_for("socket_closed")
        assert (closed["data"]["by"], closed["data"]["how"]) == ("own", "close 1000")


async def test_a_socket_that_stays_takes_the_next_request() -> None:
    async with fake(after_marker="stay") as server, connect(server.url) as client:
        for session in (1, 2):
            await client.send(json.dumps({"input": text_of(session, 1)}))
            pcm = b""
            async with asyncio.timeout(DEADLINE_S):
                while isinstance(message := await client.recv(), bytes):
                    pcm += message
            assert message == "__END__"
            assert [key for key, _, _ in runs_of(pcm)] == [stream_key(session, 1, 0, 0)]
        await client.close(4000)
        closed = await server.wait_for("socket_closed")
        assert (closed["data"]["by"], closed["data"]["how"]) == ("peer", "close 4000")
        released = server.events("stream_released")
        assert [e["data"]["by"] for e in released] == ["own", "own"]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ("hello", "invalid JSON"),
        ("[]", "invalid JSON"),
        ("{}", "input is required"),
        ('{"input": ""}', "input is required"),
        ('{"input": 5}', "input is required"),
        (json.dumps({"input": "x" * 10_001}), "input must be at most 10000 characters"),
    ],
)
async def test_a_wrong_request_is_told_and_closed_with_1008(request_: str, message: str) -> None:
    async with fake() as server, connect(server.url) as client:
        await client.send(request_)
        pcm, texts, end = await heard(client)
        assert (pcm, end) == (b"", "close 1008")
        assert json.loads(texts[0])["error"]["message"] == message
        refused = await server.wait_for("stream_refused", code=message)
        assert refused["data"]["status"] == 400
        closed = await server.wait_for("socket_closed")
        assert (closed["data"]["by"], closed["data"]["how"]) == ("own", "close 1008")
        assert server.events("stream_opened", "stream_released") == []


async def test_a_binary_message_is_no_request() -> None:
    async with fake() as server, connect(server.url) as client:
        await client.send(b"\0\0")
        assert (await heard(client))[2] == "close 1008"


async def test_too_many_requests_in_a_row_are_a_breach_of_policy() -> None:
    async with fake(first_audio_ms=60_000) as server, server.speaking(TEXT) as client:
        await server.wait_for("stream_opened")
        for _ in range(66):
            await client.send(json.dumps({"input": TEXT}))
        assert (await heard(client))[2] == "close 1008"
        released = await server.wait_for("stream_released")
        assert (released["data"]["by"], released["data"]["how"]) == ("own", "close 1008")


async def test_a_broken_frame_is_a_breach_of_protocol() -> None:
    async with fake() as server:
        peer = await server.upgraded()
        peer.writer.write(b"\xff\xff\xff\xff")
        closed = await server.wait_for("socket_closed")
        assert (closed["data"]["by"], closed["data"]["how"]) == ("own", "close 1002")


async def test_pings_are_answered_while_the_stream_is_stalled() -> None:
    stall = ["stall_before_first_byte"]
    async with fake(faults=stall) as server, server.speaking(TEXT) as client:
        await server.wait_for("stream_stalled")
        async with asyncio.timeout(DEADLINE_S):
            await (await client.ping())


async def test_a_marker_may_come_before_the_last_audio() -> None:
    async with fake(marker_order="before", after_marker="close:1011") as server:
        async with server.speaking(TEXT) as client:
            told: list[str | bytes] = []
            async with asyncio.timeout(DEADLINE_S):
                while not told or isinstance(told[-1], bytes):
                    told.append(await client.recv())
                pcm, texts, end = await heard(client)
        assert (told[-1], texts, end) == ("__END__", [], "close 1011")
        assert len(pcm) == 2 * 24 * 160
        opened = await server.wait_for("stream_opened")
        assert opened["data"]["harmless"] is False


async def test_a_marker_may_come_twice() -> None:
    async with fake(marker_order="twice") as server, server.speaking(TEXT) as client:
        assert (await heard(client))[1:] == (["__END__", "__END__"], "close 1000")


async def test_more_audio_may_follow_the_marker() -> None:
    async with fake(after_marker="audio") as server, server.speaking(TEXT) as client:
        async with asyncio.timeout(DEADLINE_S):
            while not isinstance(await client.recv(), str):
                pass
            pcm = b""
            while len(pcm) < 2 * 24 * 160:
                message = await client.recv()
                assert isinstance(message, bytes)
                pcm += message
        assert runs_of(pcm)[0][0] == KEY


async def test_a_reset_may_follow_the_marker() -> None:
    async with fake(after_marker="reset") as server, server.speaking(TEXT) as client:
        assert (await heard(client))[2] == "rst"
        closed = await server.wait_for("socket_closed")
        assert (closed["data"]["by"], closed["data"]["how"]) == ("own", "rst")


async def test_a_client_that_is_gone_before_the_upgrade_is_answered_is_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    prepare = web.WebSocketResponse.prepare

    async def late(self: web.WebSocketResponse, request: web.BaseRequest) -> object:
        peer.leave("rst")
        await server.wait_for("socket_closed")
        return await prepare(self, request)

    monkeypatch.setattr(web.WebSocketResponse, "prepare", late)
    async with fake() as server:
        peer = await server.connected()
        peer.writer.write(UPGRADE)
        await server.wait_for("socket_closed")
        await eventually(lambda: not server.running.server.wires)
    assert caplog.text == ""
