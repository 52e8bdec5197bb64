"""Groq's HTTP endpoint as the upstream: streamed WAV, refusals, broken bodies, the release."""

import asyncio
import struct
from pathlib import Path

import pytest

from suites.selftest.reference_impl.staging import PCM, Script, UpstreamConnection, a_stage

pytestmark = pytest.mark.io

HEADER = (
    b"RIFF\xff\xff\xff\xffWAVEfmt "
    + struct.pack("<IHHIIHH", 16, 1, 1, 24_000, 48_000, 2, 16)
    + b"LIST\x1a\0\0\0INFOISFT\x0e\0\0\0Lavf61.7.100\0\0data\xff\xff\xff\xff"
)


async def head(upstream: UpstreamConnection) -> None:
    upstream.writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nTransfer-Encoding: chunked\r\n\r\n"
    )


async def chunk(upstream: UpstreamConnection, data: bytes) -> None:
    upstream.writer.write(b"%x\r\n%b\r\n" % (len(data), data))
    await upstream.writer.drain()


async def whole(upstream: UpstreamConnection) -> None:
    await head(upstream)
    body = HEADER + PCM * 5
    for start, end in ((0, 3), (3, 40), (40, 79), (79, 5000), (5000, 9001), (9001, None)):
        await chunk(upstream, body[start:end])
    await chunk(upstream, b"")


async def endless(upstream: UpstreamConnection) -> None:
    await head(upstream)
    await chunk(upstream, HEADER)
    while True:
        await chunk(upstream, PCM)
        await asyncio.sleep(0.08)


async def refusing(upstream: UpstreamConnection) -> None:
    body = b'{"error":{"message":"voice is required","type":"invalid_request_error"}}'
    upstream.writer.write(
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    )


async def cut_short(upstream: UpstreamConnection) -> None:
    await head(upstream)
    await chunk(upstream, HEADER + PCM)
    upstream.writer.close()


async def reset(upstream: UpstreamConnection) -> None:
    await head(upstream)
    await chunk(upstream, HEADER + PCM)
    upstream.reset()


async def no_audio(upstream: UpstreamConnection) -> None:
    upstream.writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"a": true}')


async def stalled_before_the_head(upstream: UpstreamConnection) -> None:
    pass


async def stalled_behind_the_head(upstream: UpstreamConnection) -> None:
    await head(upstream)


async def stalled_midway(upstream: UpstreamConnection) -> None:
    await head(upstream)
    await chunk(upstream, HEADER + PCM)


async def test_a_streamed_wav_arrives_as_its_samples(tmp_path: Path) -> None:
    async with a_stage(whole, tmp_path, http=True) as stage:
        client = await stage.client()
        await client.speak("m1")
        assert await client.until("stream.end") == ("stream.end", "m1", "completed")
        assert client.pcm == PCM * 5
        assert all(len(entry[1]) % 2 == 0 for entry in client.got if entry[0] == "audio")
        await stage.upstream.log.wait_for("gone 1")
        held = await stage.resources()
        assert (held["upstream_sockets"], held["upstream_streams"]) == (0, 0)


@pytest.mark.parametrize(
    "script", [endless, stalled_before_the_head, stalled_behind_the_head, stalled_midway]
)
async def test_stop_closes_the_exchange_in_every_phase(tmp_path: Path, script: Script) -> None:
    async with a_stage(script, tmp_path, http=True) as stage:
        client = await stage.client()
        await client.speak("m1")
        await stage.upstream.log.wait_for("request 1")
        await client.until("stream.start")
        if script in (endless, stalled_midway):
            await client.until("audio")
        stopped_at = asyncio.get_running_loop().time()
        await client.say(type="stop")
        assert await client.until("stream.end") == ("stream.end", "m1", "stopped")
        assert await stage.upstream.log.wait_for("gone 1") - stopped_at < 0.2
        await client.assert_quiet()


async def test_superseding_closes_the_old_exchange_first(tmp_path: Path) -> None:
    async with a_stage(endless, tmp_path, http=True) as stage:
        client, log = await stage.client(), stage.upstream.log
        for number in range(1, 5):
            await client.speak(f"m{number}")
            await client.until("stream.start", f"m{number}")
            await client.until("audio")
        await log.wait_for("gone 3")
        assert all(log.at(f"gone {n}") <= log.at(f"request {n + 1}") for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (refusing, "upstream_refused"),
        (cut_short, "upstream_reset"),
        (reset, "upstream_reset"),
        (no_audio, "upstream_format"),
    ],
)
async def test_a_failure_is_told_and_ended_once(tmp_path: Path, script: Script, code: str) -> None:
    async with a_stage(script, tmp_path, http=True) as stage:
        client = await stage.client()
        await client.speak("m1")
        await client.until("stream.end")
        assert client.signals[1:] == [("error", "m1", code), ("stream.end", "m1", "upstream_error")]
        assert PCM.startswith(client.pcm)
        await stage.upstream.log.wait_for("gone 1")
        await client.assert_quiet()


@pytest.mark.parametrize(
    "script", [stalled_before_the_head, stalled_behind_the_head, stalled_midway]
)
async def test_a_stall_spends_the_budget(tmp_path: Path, script: Script) -> None:
    options = ("--completion-idle-ms=150", "--first-byte-ms=100")
    async with a_stage(script, tmp_path, *options, http=True) as stage:
        client = await stage.client()
        await client.speak("m1")
        asked_at = await stage.upstream.log.wait_for("request 1")
        assert await client.until("stream.end") == ("stream.end", "m1", "timeout")
        assert 0.09 < asyncio.get_running_loop().time() - asked_at < 0.6
        assert await stage.upstream.log.wait_for("gone 1") - asked_at < 0.6


async def test_an_upstream_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with a_stage(whole, tmp_path, http=True) as stage:
        stage.upstream._server.close()
        client = await stage.client()
        await client.speak("m1")
        await client.until("stream.end")
        assert client.signals[1][2] == "upstream_unreachable"
