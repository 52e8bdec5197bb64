import json

import aiohttp
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from suites.selftest.fake_groq.raw import error_of, http
from suites.selftest.fake_groq.staging import ENGLISH, VOICE, fake, heard, text_of

pytestmark = pytest.mark.io

TEXT = text_of(1, 1)
REQUEST = {"model": ENGLISH, "input": TEXT, "voice": VOICE, "response_format": "wav"}


@pytest.mark.parametrize(
    ("settings", "type_", "code", "retry_after"),
    [
        ({}, "internal_server_error", None, None),
        ({"status": 500}, "internal_server_error", None, None),
        ({"status": 429}, "tokens", "rate_limit_exceeded", "2"),
        ({"status": 429, "retry_after_s": 30336}, "tokens", "rate_limit_exceeded", "30336"),
        ({"status": 401}, "invalid_request_error", "invalid_api_key", None),
        ({"status": 498}, "capacity_exceeded", "capacity_exceeded", None),
        ({"status": 599}, "internal_server_error", None, None),
    ],
)
async def test_http_answers_with_groqs_error(
    settings: dict[str, float], type_: str, code: str | None, retry_after: str | None
) -> None:
    async with (
        fake(faults=[{"name": "error_status", **settings}]) as server,
        aiohttp.ClientSession() as session,
    ):
        for _ in range(2):  # the connection is kept, as Groq keeps it
            async with session.post(server.base + "/v1/audio/speech", json=REQUEST) as response:
                assert response.status == settings.get("status", 503)
                assert response.headers.get("retry-after") == retry_after
                error = (await response.json())["error"]
            assert (error["type"], error.get("code")) == (type_, code)
        refused = server.events("stream_refused")
        assert {e["data"]["code"] for e in refused} == {"error_status"}
        assert [(e["session"], e["message"]) for e in refused] == [("s1", "m1")] * 2
        assert len(server.events("stream_failed")) == 2
        assert server.events("stream_opened", "stream_released") == []


async def test_a_default_refuses_the_upgrade_of_a_websocket() -> None:
    async with fake(faults=["error_status"]) as server:
        with pytest.raises(InvalidStatus) as caught:
            async with connect(server.url):
                pass
        assert caught.value.response.status_code == 503
        refused = await server.wait_for("stream_refused")
        assert (refused["data"]["status"], refused["session"]) == (503, None)


@pytest.mark.parametrize(("status", "end"), [(503, "close 1011"), (429, "close 1008")])
async def test_a_rule_for_one_message_comes_too_late_for_the_upgrade(status: int, end: str) -> None:
    async with fake() as server:
        rule = {
            "match": {"session": 1, "message": 1},
            "behaviour": {"faults": [{"name": "error_status", "status": status}]},
        }
        server.running.service.rulebook.update({"rules": [rule]})
        async with server.speaking(TEXT) as client:
            pcm, texts, ending = await heard(client)
        assert (pcm, ending) == (b"", end)
        assert json.loads(texts[0])["error"]["message"]
        refused = await server.wait_for("stream_refused")
        assert (refused["data"]["status"], refused["session"]) == (status, "s1")
        await server.wait_for("stream_failed", how=f"status {status}")
        async with server.speaking(text_of(1, 2)) as client:
            assert (await heard(client))[2] == "close 1000"


async def test_a_bare_socket_sees_the_status() -> None:
    async with fake(faults=[{"name": "error_status", "status": 502}]) as server:
        seen = await http(server, TEXT)
        assert seen.head.startswith("HTTP/1.1 502 ")
        assert error_of(seen.rest)["type"] == "internal_server_error"
