import hashlib
import io
import json
from typing import Any

import aiohttp
import pytest

from fake_groq.steps import Profile, plan_sha256
from suites.selftest.fake_groq.staging import Fake, fake, heard, text_of

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
        ("POST", "/behaviour", b"\xff", 400, "no JSON"),
        ("POST", "/plans", {"text": []}, 400, 'Expected {"texts"'),
        ("POST", "/plans", {"texts": [1]}, 400, 'Expected {"texts"'),
        ("POST", "/plans", [], 400, 'Expected {"texts"'),
        ("POST", "/plans", {"texts": [], "profile": "tcp"}, 400, '"ws" or "http"'),
        ("GET", "/ledger?since=x", None, 400, "not 'x'"),
        ("GET", "/fault", None, 404, "did you mean 'GET /faults'?"),
        ("GET", "/behaviour", None, 404, "did you mean 'POST /behaviour'?"),
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
