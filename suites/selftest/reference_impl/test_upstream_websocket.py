"""The WebSocket profile: how it fails, how it is let go."""

import asyncio
from pathlib import Path

import pytest
from websockets.uri import parse_uri

from reference_impl.completion_budget import CompletionBudget
from reference_impl.framing import Chunk, EndMarkers
from reference_impl.ownership import Census, Partings
from reference_impl.upstream import SpeechRequest
from reference_impl.upstream_websocket import WebSocketUpstream
from suites.selftest.reference_impl.staging import (
    PCM,
    FakeUpstream,
    Script,
    UpstreamConnection,
    a_stage,
    nothing,
    unanswering,
    whole,
)

pytestmark = pytest.mark.io


async def reset_midway(upstream: UpstreamConnection) -> None:
    await upstream.audio(PCM)
    upstream.reset()


async def closed_without_marker(upstream: UpstreamConnection) -> None:
    await upstream.audio(PCM)
    upstream.close()


async def error_message(upstream: UpstreamConnection) -> None:
    await upstream.audio(PCM)
    upstream.text('{"type":"error","message":"out of voice"}')


async def broken_frames(upstream: UpstreamConnection) -> None:
    await upstream.audio(PCM)
    upstream.writer.write(b"\xff\xff\xff\xff")


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (reset_midway, "upstream_reset"),
        (closed_without_marker, "upstream_closed"),
        (error_message, "upstream_error"),
        (broken_frames, "upstream_reset"),
    ],
)
async def test_a_failing_upstream_is_told_and_ended_once(
    tmp_path: Path, script: Script, code: str
) -> None:
    async with a_stage(script, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1")
        await client.until("stream.end")
        assert client.signals[1:] == [("error", "m1", code), ("stream.end", "m1", "upstream_error")]
        assert PCM.startswith(client.pcm)
        await stage.upstream.log.wait_for("gone 1")
        await client.assert_quiet()


async def test_an_upstream_that_refuses_is_told(tmp_path: Path) -> None:
    async with a_stage(whole, tmp_path, status=503) as stage:
        client = await stage.client()
        await client.speak("m1")
        await client.until("stream.end")
        assert client.signals == [
            ("stream.start", "m1", "pcm_s16le"),
            ("error", "m1", "upstream_refused"),
            ("stream.end", "m1", "upstream_error"),
        ]


async def test_an_upstream_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with a_stage(whole, tmp_path) as stage:
        stage.upstream._server.close()
        client = await stage.client()
        await client.speak("m1")
        await client.until("stream.end")
        assert client.signals[1][2] == "upstream_unreachable"


async def test_stop_while_the_upstream_has_not_answered_the_upgrade(tmp_path: Path) -> None:
    async with a_stage(nothing, tmp_path, status=0) as stage:
        client = await stage.client()
        await client.speak("m1")
        await stage.upstream.log.wait_for("open 1")
        stopped_at = asyncio.get_running_loop().time()
        await client.say(type="stop")
        assert await client.until("stream.end") == ("stream.end", "m1", "stopped")
        assert await stage.upstream.log.wait_for("gone 1") - stopped_at < 0.2
        await client.assert_quiet()


async def test_stop_and_supersede_do_not_wait_for_a_peer_that_never_answers_the_close(
    tmp_path: Path,
) -> None:
    async with a_stage(unanswering, tmp_path) as stage:
        client, log = await stage.client(), stage.upstream.log
        await client.speak("m1")
        await client.until("audio")
        stopped_at = asyncio.get_running_loop().time()
        await client.speak("m2")
        await client.until("stream.start", "m2")
        assert asyncio.get_running_loop().time() - stopped_at < 0.1
        assert await log.wait_for("gone 1") - stopped_at < 1.0
        assert log.at("close frame 1") <= log.at("request 2")


async def test_it_may_be_connected_before_there_is_a_request() -> None:
    census = Census()
    async with FakeUpstream(whole) as server, Partings(deadline_s=0.2) as partings:
        upstream = WebSocketUpstream(
            uri=parse_uri(f"ws://127.0.0.1:{server.port}/"),
            key=None,
            markers=EndMarkers(close=True),
            connect_ms=5000,
            partings=partings,
            census=census,
        )
        assert not upstream.is_usable
        await upstream.connect()
        assert upstream.is_usable
        budget = CompletionBudget(first_byte_ms=5000, idle_ms=5000)
        await upstream.open(SpeechRequest(model="m", text="A sentence.", voice="v"), budget)
        assert await upstream.receive() == Chunk(payload=PCM)
        assert len(server.connections) == 1
        assert upstream.release()
        assert not upstream.is_usable
    assert census.held["upstream_sockets"] == 0
