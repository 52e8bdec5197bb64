"""The HTTP profile over real sockets."""

import asyncio
import io
import json
from typing import Any

import aiohttp
import pytest

from fake_groq.policy import read_policy
from fake_groq.watermark import stream_key
from fake_groq.wav import wav_header
from suites.selftest.fake_groq.staging import (
    DEADLINE_S,
    ENGLISH,
    VOICE,
    Fake,
    eventually,
    fake,
    runs_of,
    text_of,
)

pytestmark = pytest.mark.io

TEXT = text_of(3, 2)
KEY = stream_key(3, 2, 0, 0)
TOTAL = 1920 * -(-20 * len(TEXT) // 80)
VALID = {"model": ENGLISH, "input": TEXT, "voice": VOICE, "response_format": "wav"}
PATHS = ["/openai/v1/audio/speech", "/v1/audio/speech", "/openai/v1/openai/v1/audio/speech"]


async def answer(
    server: Fake, request: object, *, path: str = PATHS[0]
) -> tuple[int, dict[str, str], bytes]:
    timeout = aiohttp.ClientTimeout(total=DEADLINE_S)
    data = io.BytesIO(request if isinstance(request, bytes) else json.dumps(request).encode())
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.post(server.base + path, data=data) as response,
    ):
        headers = {name.lower(): value for name, value in response.headers.items()}
        return response.status, headers, await response.read()


@pytest.mark.parametrize("path", PATHS)
async def test_each_path_answers_with_a_wav_of_the_text(path: str) -> None:
    async with fake() as server:
        status, headers, body = await answer(server, VALID, path=path)
        assert (status, headers["content-type"]) == (200, "audio/wav")
        assert headers["transfer-encoding"] == "chunked"
        assert headers["x-request-id"].startswith("req_01")
        assert headers["x-groq-region"]
        assert headers["x-ratelimit-limit-requests"]
        assert body[:78] == wav_header()
        assert runs_of(body[78:]) == [(KEY, 0, TOTAL)]


async def test_the_wav_header_is_a_chunk_of_its_own_and_frames_are_80_ms() -> None:
    async with fake() as server:
        peer = await server.posted(TEXT)
        head, body, end = await peer.chunks()
        assert head.startswith("HTTP/1.1 200 OK")
        assert [len(chunk) for chunk in body] == [78] + [3840] * (TOTAL // 1920)
        assert end == "end"
        ended = await server.wait_for("stream_ended")
        assert ended["data"]["marker"] == "body"
        peer.leave("fin")
        closed = await server.wait_for("socket_closed")
        assert (closed["data"]["by"], closed["data"]["how"]) == ("peer", "fin")
        assert [e["data"]["by"] for e in server.events("stream_released")] == ["own"]


async def test_a_kept_connection_carries_one_stream_after_the_other() -> None:
    async with fake() as server, aiohttp.ClientSession() as session:
        for count in range(3):
            async with session.post(server.base + PATHS[0], json=VALID) as response:
                assert runs_of((await response.read())[78:]) == [(KEY + count, 0, TOTAL)]
        opened = server.events("stream_opened")
        assert {event["data"]["socket"] for event in opened} == {1}
        assert [event["data"]["exchange"] for event in opened] == [1, 2, 3]


@pytest.mark.parametrize(
    ("change", "status", "message", "code"),
    [
        ({"response_format": "mp3"}, 400, "response_format must be one of [wav]", None),
        ({"response_format": None}, 400, "response_format must be one of [wav]", None),
        ({"voice": None}, 400, "voice is required", None),
        (
            {"voice": "tara"},
            400,
            "voice must be one of the following voices: [autumn diana hannah austin daniel troy]",
            None,
        ),
        ({"input": None}, 400, "input is required", None),
        ({"input": "x" * 10_001}, 400, "input must be at most 10000 characters", None),
        ({"model": None}, 400, "model is required", None),
        (
            {"model": "tts-1"},
            404,
            "The model `tts-1` does not exist or you do not have access to it.",
            "model_not_found",
        ),
        ({"model": ["x"]}, 404, "The model `['x']` does not exist", "model_not_found"),
    ],
)
async def test_a_wrong_request_is_told_in_groqs_words(
    change: dict[str, Any], status: int, message: str, code: str | None
) -> None:
    body = {key: value for key, value in (VALID | change).items() if value is not None}
    async with fake() as server:
        answered, headers, answered_body = await answer(server, body)
        assert (answered, headers["content-type"]) == (status, "application/json; charset=utf-8")
        error = json.loads(answered_body)["error"]
        assert error["message"].startswith(message)
        assert error["type"] == "invalid_request_error"
        assert error.get("code") == code
        refused = await server.wait_for("stream_refused")
        assert refused["data"]["status"] == status
        assert refused["session"] == ("s3" if body.get("input") == TEXT else None)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe"])
async def test_a_body_that_is_no_json_object_is_a_400(data: bytes) -> None:
    async with fake() as server:
        assert (await answer(server, data))[0] == 400


async def test_a_body_that_is_too_large_is_a_413() -> None:
    async with fake() as server:
        assert (await answer(server, b"x" * 1_100_000))[0] == 413


async def test_fields_that_are_not_known_are_ignored() -> None:
    async with fake() as server:
        extra = VALID | {"speed": 2.0, "stream_format": "sse", "sample_rate": 8000}
        status, _, body = await answer(server, extra)
        assert (status, len(body)) == (200, 78 + 2 * TOTAL)


async def test_an_arabic_text_is_measured_in_characters() -> None:
    async with fake() as server:
        arabic = VALID | {
            "model": "canopylabs/orpheus-arabic-saudi",
            "voice": "fahad",
            "input": "سلام",
        }
        _, _, body = await answer(server, arabic)
        assert len(body) == 78 + 3840


async def test_an_address_that_groq_does_not_know_is_a_404_in_its_words() -> None:
    async with fake() as server:
        status, _, body = await answer(server, VALID, path="/openai/v1/audio/speach")
        assert status == 404
        assert b"Unknown request URL: POST /openai/v1/audio/speach" in body


async def test_models_are_listed_and_clients_may_warm_up() -> None:
    async with fake() as server, aiohttp.ClientSession() as session:
        for path, status in [
            ("/openai/v1/models", 200),
            (f"/openai/v1/models/{ENGLISH}", 200),
            ("/openai/v1/models/whisper", 404),
            ("/", 200),
            ("/openai/v1/", 200),
        ]:
            async with session.get(server.base + path) as response:
                assert response.status == status, path
        async with session.get(server.base + "/openai/v1/models") as response:
            assert len((await response.json())["data"]) == 2
        async with session.head(server.base + "/openai/v1/models") as response:
            assert response.status == 200


async def test_an_old_client_gets_its_body_without_chunks() -> None:
    async with fake() as server:
        peer = await server.connected()
        body = b'{"model":"%s","input":"Hello","voice":"%s","response_format":"wav"}' % (
            ENGLISH.encode(),
            VOICE.encode(),
        )
        peer.writer.write(
            b"POST /v1/audio/speech HTTP/1.0\r\nUser-Agent: old\r\nContent-Length: %d\r\n\r\n%s"
            % (len(body), body)
        )
        async with asyncio.timeout(DEADLINE_S):
            whole = await peer.reader.read(-1)
        assert len(whole.partition(b"\r\n\r\n")[2]) == 78 + 2 * 3840


async def test_a_client_that_leaves_before_a_refusal_is_noted() -> None:
    behaviour = {"header_ms": 60_000, "faults": ["error_status"]}
    async with fake(**behaviour) as server:
        peer = await server.posted(TEXT)
        await server.wait_for("socket_named")
        await eventually(lambda: server.running.service.exchanges == 1)
        peer.leave("fin")
        refused = await server.wait_for("stream_refused")
        assert (refused["data"]["status"], refused["data"]["code"]) == (499, "client_left")
        assert server.events("stream_opened", "stream_released") == []


async def test_a_timing_profile_is_seen_on_the_wire() -> None:
    text = {"model": "canopylabs/orpheus-arabic-saudi", "voice": "fahad", "input": "س" * 100}
    async with fake(timing="groq-arabic", ms_per_character=24) as server:
        begun = asyncio.get_running_loop().time()
        status, _, body = await answer(server, VALID | text)
        taken_ms = 1000 * (asyncio.get_running_loop().time() - begun)
        assert (status, len(body)) == (200, 78 + 2 * 24 * 2400)
        assert taken_ms > 560  # how much later depends on the machine
        opened = await server.wait_for("stream_opened")
        assert 240 < opened["data"]["first_audio_ms"] < 330
        sent = server.events("stream_sent")
        assert (sent[-1]["at_ns"] - opened["at_ns"]) / 1e6 > 550


async def test_a_body_that_is_not_what_it_says_is_a_400() -> None:
    async with fake() as server:
        lies = "Content-Encoding: gzip\r\n"
        head, _ = await (await server.requested(PATHS[0], b"no gzip", lies)).answer()
        assert head.startswith("HTTP/1.1 400 ")


async def test_an_old_client_gets_no_chunk_syntax_either() -> None:
    async with fake(faults=["marker_twice"]) as server:
        peer = await server.connected()
        body = json.dumps(VALID).encode()
        peer.writer.write(
            b"POST /v1/audio/speech HTTP/1.0\r\nUser-Agent: old\r\nContent-Length: %d\r\n\r\n%s"
            % (len(body), body)
        )
        async with asyncio.timeout(DEADLINE_S):
            whole = await peer.reader.read(-1)
        assert runs_of(whole.partition(b"\r\n\r\n")[2][78:]) == [(KEY, 0, TOTAL)]
        assert whole[-5:] != b"0\r\n\r\n"


async def test_the_models_need_a_key_where_one_is_needed() -> None:
    async with fake() as server, aiohttp.ClientSession() as session:
        service = server.running.service
        async with session.get(f"{server.base}/v1/models") as response:
            assert response.headers["x-request-id"]
        service.govern(read_policy({"requires_key": True}, service.policy))
        async with session.get(f"{server.base}/v1/models") as response:
            assert response.status == 401
