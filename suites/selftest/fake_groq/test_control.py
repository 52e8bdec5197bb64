import asyncio
import hashlib
import io
import json
from typing import Any

import aiohttp
import pytest

from fake_groq.app import Settings
from fake_groq.steps import Profile
from suites.selftest.fake_groq.hashing import plan_sha256
from suites.selftest.fake_groq.staging import (
    DEADLINE_S,
    Fake,
    eventually,
    fake,
    heard,
    staged,
    text_of,
)

pytestmark = pytest.mark.io


async def call(server: Fake, method: str, path: str, body: object = None) -> tuple[int, Any]:
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    control = str(server.running.ready()["control"])
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, control + path, data=data) as response,
    ):
        return response.status, await response.json()


async def ledger(server: Fake, query: str = "") -> list[dict[str, Any]]:
    control = str(server.running.ready()["control"])
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{control}/ledger{query}") as response,
    ):
        assert response.content_type == "application/x-ndjson"
        return [json.loads(line) for line in (await response.text()).splitlines()]


async def test_behaviour_is_set_for_messages_sessions_texts_and_all() -> None:
    rules = [
        {"match": {"session": 3, "message": 2}, "behaviour": {"end_marker": "json:type=done"}},
        {"match": {"text": "hello"}, "behaviour": {"end_marker": "text:BYE"}},
    ]
    async with fake() as server:
        body = {"rules": rules, "default": {"end_marker": "text:OVER"}}
        assert await call(server, "POST", "/behaviour", body) == (200, {"rules": 2})
        for text, said in [
            (text_of(3, 2), '{"type":"done"}'),
            (text_of(3, 1), "OVER"),
            ("hello world", "BYE"),
        ]:
            async with server.speaking(text) as client:
                assert (await heard(client))[1] == [said]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("POST", "/behaviour", {"default": {"pece": 1}}, 400, "did you mean 'pace'?"),
        ("POST", "/behaviour", b"{", 400, "no JSON"),
        ("POST", "/behaviour", {"default": {"faults": [{"name": []}]}}, 400, "Unknown fault []"),
        ("POST", "/behaviour", {"default": {"after_marker": "close:" + "9" * 5000}}, 400, "number"),
        ("POST", "/behaviour", {"default": {"end_marker": "text:\ud800"}}, 400, "half of a"),
        ("POST", "/behaviour", b"\xff", 400, "no JSON"),
        ("POST", "/plans", {"text": []}, 400, 'Expected {"texts"'),
        ("POST", "/plans", {"texts": [1]}, 400, 'Expected {"texts"'),
        ("POST", "/plans", [], 400, 'Expected {"texts"'),
        ("POST", "/plans", {"texts": [], "profile": "tcp"}, 400, '"ws" or "http"'),
        ("GET", "/ledger?since=x", None, 400, "not 'x'"),
        ("GET", "/fault", None, 404, "did you mean 'GET /faults'?"),
        ("GET", "/plans", None, 404, "did you mean 'POST /plans'?"),
        ("POST", "/policy", {"teir": "free"}, 400, "did you mean 'tier'?"),
        ("POST", "/policy", b"[" * 100_000, 400, "no JSON"),
    ],
)
async def test_what_is_wrong_is_said_in_a_sentence(
    method: str, path: str, body: object, status: int, said: str
) -> None:
    async with fake() as server:
        answered, document = await call(server, method, path, body)
        assert answered == status
        assert said in document["error"]


async def test_it_says_that_it_is_well_and_which_faults_it_knows() -> None:
    async with fake() as server:
        status, document = await call(server, "GET", "/healthz")
        assert (status, document["ok"]) == (200, True)
        _, document = await call(server, "GET", "/faults")
        assert len(document["faults"]) >= 30


async def test_a_long_list_of_rules_is_taken() -> None:
    rules = [
        {"match": {"session": s, "message": m}, "behaviour": {"lead_ms": 1}}
        for s in range(1, 201)
        for m in range(1, 101)
    ]
    async with fake() as server:
        status, document = await call(server, "POST", "/behaviour", {"rules": rules})
        assert (status, document) == (200, {"rules": 20_000})


async def test_the_ledger_is_read_from_a_number_and_from_its_reset() -> None:
    async with fake() as server:
        async with server.speaking(text_of(1, 1)) as client:
            await heard(client)
        whole = await ledger(server)
        assert [event["seq"] for event in whole] == list(range(1, len(whole) + 1))
        tail = await ledger(server, "?since=5")
        assert tail[0]["seq"] == 6
        _, document = await call(server, "POST", "/ledger/reset")
        assert all(event["seq"] > document["seq"] for event in await ledger(server))
        assert len(server.events()) >= len(whole)  # the file keeps everything


async def test_a_reader_of_the_ledger_may_leave_before_its_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with fake() as server:
        for _ in range(50_000):  # more than the buffers of a connection hold
            server.running.service.ledger.write("x", {"long": "x" * 200})
        peer = await server.connected()
        peer.writer.write(b"GET /__control__/ledger HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        async with asyncio.timeout(DEADLINE_S):
            await peer.reader.readuntil(b"\n{")
        peer.leave("rst")
        await eventually(lambda: not server.running.server.wires)
    assert caplog.text == ""


@pytest.mark.parametrize("profile", ["ws", "http"])
async def test_the_hash_of_the_plans_is_that_of_what_would_be_sent(profile: Profile) -> None:
    texts = [text_of(1, 1), text_of(1, 2)]
    async with fake() as server:
        body = {"texts": texts, "profile": profile}
        _, first = await call(server, "POST", "/plans", body)
        made = tuple(server.running.service.first_plan(profile, text) for text in texts)
        assert first == {"sha256": plan_sha256(made), "streams": 2}
        async with server.speaking(texts[0]) as client:
            await heard(client)
        assert await call(server, "POST", "/plans", body) == (200, first)
        rule = {"match": {"session": 1, "message": 2}, "behaviour": {"first_audio_ms": 400}}
        await call(server, "POST", "/behaviour", {"rules": [rule]})
        assert (await call(server, "POST", "/plans", body))[1] != first


async def test_no_plans_have_the_hash_of_nothing() -> None:
    async with fake() as server:
        _, document = await call(server, "POST", "/plans", {"texts": []})
        assert document == {"sha256": hashlib.sha256().hexdigest(), "streams": 0}


async def test_what_is_set_can_be_read_and_set_again() -> None:
    wanted = {"pace": "8x", "faults": [{"name": "burst", "every": 3}], "pauses": [[100, 50]]}
    async with fake() as server:
        await call(server, "POST", "/behaviour", {"default": wanted})
        _, found = await call(server, "GET", "/behaviour")
        assert found["default"]["pauses"] == [[100.0, 50.0]]
        assert (found["default"]["pace"], found["default"]["faults"][0]["every"]) == ("8x", 3)
        again, _ = await call(server, "POST", "/behaviour", {"default": found["default"]})
        assert again == 200
        assert (await call(server, "GET", "/behaviour"))[1] == found


async def test_a_policy_is_changed_key_by_key() -> None:
    async with fake() as server:
        await call(server, "POST", "/policy", {"over_length": "refuse"})
        status, found = await call(server, "POST", "/policy", {"tier": "free"})
        assert (status, found["over_length"], found["tier"]) == (200, "refuse", "free")
        assert (await call(server, "GET", "/policy"))[1] == found


async def test_live_streams_are_listed_with_how_far_they_are() -> None:
    async with fake(
        faults=[{"name": "stall_mid_stream", "after_ms": 400}], ms_per_character=100
    ) as server:
        async with server.speaking(text_of(3, 2)):
            await server.wait_for("stream_stalled")
            _, found = await call(server, "GET", "/streams")
            (stream,) = found["streams"]
            assert (stream["protocol"], stream["session"], stream["message"]) == ("plain", 3, 2)
            assert (stream["fault"], stream["is_stalled"]) == ("stall_mid_stream", True)
            assert 0 < stream["sent_ms"] < stream["total_ms"]
            _, counters = await call(server, "GET", "/counters")
            assert counters["streams"]["open"] == 1
        await server.wait_for("stream_released")
        assert (await call(server, "GET", "/streams"))[1] == {"streams": []}
        assert (await call(server, "GET", "/counters"))[1]["streams"]["open"] == 0


async def test_a_name_that_leads_here_does_not_open_the_control_api() -> None:
    rebound = "http://evil.example"
    async with fake() as server:
        assert await guarded_call(server, "/counters", Host="evil.example", Origin=rebound) == 403
        assert await guarded_call(server, "/counters", Host="localhost:1") == 200
        assert await guarded_call(server, "/counters", Host="[::1]:1") == 200


async def test_a_token_guards_the_faults_that_a_request_may_ask_for() -> None:
    async with staged(Settings(token="secret")) as server:
        asked = "x-fake-fault: refused_connection;down_ms=86400000\r\n"
        head, body = await (await server.posted(text_of(1, 1), asked)).answer()
        assert head.startswith("HTTP/1.1 400 ")
        assert b"x-fake-token" in body
        known = "x-fake-fault: bad_gateway\r\nx-fake-token: secret\r\n"
        head, _ = await (await server.posted(text_of(1, 1), known)).answer()
        assert head.startswith("HTTP/1.1 502 ")
        assert server.events("listener_closed") == []


async def test_a_token_that_is_no_text_is_not_the_token() -> None:
    async with staged(Settings(token="secret")) as server:
        peer = await server.connected()
        peer.writer.write(
            b"GET /__control__/ledger HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\r\n\r\n"
        )
        assert (await peer.answer())[0].startswith("HTTP/1.1 401 ")


async def guarded_call(server: Fake, path: str, **headers: str) -> int:
    control = str(server.running.ready()["control"])
    async with (
        aiohttp.ClientSession() as session,
        session.get(control + path, headers=headers) as response,
    ):
        return response.status


@pytest.mark.parametrize("path", ["/ledger", "/counters", "/metrics", "/behaviour", "/streams"])
async def test_a_token_guards_all_that_tells_or_changes_something(path: str) -> None:
    async with staged(Settings(token="secret")) as server:
        assert await guarded_call(server, path) == 401
        assert await guarded_call(server, path, Authorization="Bearer secre") == 401
        assert await guarded_call(server, path, Authorization="Bearer secret") == 200
        assert await guarded_call(server, "/healthz") == 200


async def test_a_page_of_another_origin_is_turned_away() -> None:
    async with fake() as server:
        own = server.base
        assert await guarded_call(server, "/counters", Origin=own) == 200
        assert await guarded_call(server, "/counters", Origin="http://example.org") == 403
        assert await guarded_call(server, "/counters", Origin="null") == 403


async def test_the_key_of_a_platform_is_nowhere_to_be_read() -> None:
    async with fake() as server:
        secret = "gsk_very_secret_indeed"
        headers = f"Authorization: Bearer {secret}\r\n"
        await (await server.posted(text_of(1, 1), headers)).chunks()
        await (await server.requested("/v1/audio/speech", b"{}", headers)).answer()
        await server.upgraded(text_of(1, 2), headers)
        await server.wait_for("stream_opened", profile="ws")
        assert secret not in server.ledger.read_text()
        for path in ("/ledger", "/streams", "/counters", "/metrics"):
            control = str(server.running.ready()["control"])
            async with (
                aiohttp.ClientSession() as session,
                session.get(control + path) as response,
            ):
                assert secret not in await response.text()
