"""Each fact of the real service that the fake reproduces, and what it is without it.

A fact is a test of its own. The last test takes one behaviour away at a time, as somebody might who
does not know better, and expects that the fact notices.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import pytest

from fake_groq import answers, app, attempts, limits, speech, validation, voices
from fake_groq.behaviour import DEFAULT_BEHAVIOUR
from fake_groq.policy import Policy, read_policy
from fake_groq.wav import WAV_HEADERS
from suites.selftest.fake_groq import staging
from suites.selftest.fake_groq.staging import ENGLISH, VOICE, Fake, fake, text_of

pytestmark = pytest.mark.io

ARABIC = "canopylabs/orpheus-arabic-saudi"
TEXT = text_of(3, 2)
VALID = {"model": ENGLISH, "input": TEXT, "voice": VOICE, "response_format": "wav"}
SPEECH = "/openai/v1/audio/speech"

Fact = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)["error"]
        return found


async def ask(
    server: Fake,
    changes: Mapping[str, object] | None = None,
    *,
    path: str = SPEECH,
    headers: dict[str, str] | None = None,
) -> Answer:
    request = {
        key: value for key, value in ({**VALID, **(changes or {})}).items() if value is not None
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(server.base + path, json=request, headers=headers) as response,
    ):
        found = {name.lower(): value for name, value in response.headers.items()}
        return Answer(status=response.status, headers=found, body=await response.read())


def governed(server: Fake, **policy: object) -> None:
    service = server.running.service
    service.govern(read_policy(policy, service.policy))


async def a_format_has_no_default_and_only_wav_is_one() -> None:
    async with fake() as server:
        for wrong in (None, "mp3", "opus", "flac", "pcm"):
            answer = await ask(server, {"response_format": wrong})
            assert answer.status == 400
            assert answer.error == {
                "message": "response_format must be one of [wav]",
                "type": "invalid_request_error",
            }


async def the_answer_is_chunked_wav_with_its_pcm_at_byte_78() -> None:
    async with fake() as server:
        answer = await ask(server)
        assert answer.headers["content-type"] == "audio/wav"
        assert answer.headers["transfer-encoding"] == "chunked"
        assert "content-length" not in answer.headers
        assert answer.body.index(b"data\xff\xff\xff\xff") + 8 == 78
        assert answer.body[36:40] == b"LIST"


async def both_sizes_are_unknown() -> None:
    async with fake() as server:
        body = (await ask(server)).body
        assert body[4:8] == b"\xff" * 4
        assert body[body.index(b"data") + 4 :][:4] == b"\xff" * 4


async def a_length_is_a_multiple_of_1920_samples() -> None:
    async with fake() as server:
        for characters in (1, 7, 61, 62, 63, 199):
            body = (await ask(server, {"input": "x" * characters})).body
            assert (len(body) - 78) % (2 * 1920) == 0


async def equal_texts_have_answers_of_equal_length_whatever_the_speed() -> None:
    async with fake() as server:
        sizes = [len((await ask(server, {"speed": speed})).body) for speed in (0.5, 1.0, 2.0)]
        assert len(set(sizes)) == 1


async def a_voice_is_required_and_one_of_six() -> None:
    async with fake() as server:
        assert (await ask(server, {"voice": None})).error["message"] == "voice is required"
        for model, names in [
            (ENGLISH, "autumn diana hannah austin daniel troy"),
            (ARABIC, "abdullah fahad sultan lulwa noura aisha"),
        ]:
            answer = await ask(server, {"model": model, "voice": "alloy"})
            said = f"voice must be one of the following voices: [{names}]"
            assert (answer.status, answer.error["message"]) == (400, said)


async def before_april_2026_arabic_had_four_voices() -> None:
    async with fake() as server:
        governed(server, voices="2025-12")
        answer = await ask(server, {"model": ARABIC, "voice": "aisha"})
        assert answer.error["message"].endswith("[fahad sultan lulwa noura]")


async def a_plain_validation_error_has_no_code() -> None:
    async with fake() as server:
        assert "code" not in (await ask(server, {"voice": None})).error


async def an_unknown_model_is_a_404() -> None:
    async with fake() as server:
        answer = await ask(server, {"model": "tts-1"})
        assert (answer.status, answer.error["code"]) == (404, "model_not_found")
        assert answer.error["message"] == (
            "The model `tts-1` does not exist or you do not have access to it."
        )


async def each_model_has_terms_of_its_own() -> None:
    async with fake() as server:
        governed(server, terms_required=[ARABIC])
        answer = await ask(server, {"model": ARABIC, "voice": "fahad"})
        assert (answer.status, answer.error["code"]) == (400, "model_terms_required")
        assert answer.error["message"].endswith("?model=canopylabs%2Forpheus-arabic-saudi")
        assert (await ask(server)).status == 200


async def every_answer_has_its_rate_headers_and_durations_as_go_writes_them() -> None:
    async with fake() as server:
        for answer in (await ask(server), await ask(server, {"voice": None})):
            assert answer.headers["x-request-id"].startswith("req_01")
            assert answer.headers["x-groq-region"]
            assert answer.headers["server"] == "cloudflare"
            for name in ("requests", "tokens"):
                limit, remaining = (
                    int(answer.headers[f"x-ratelimit-{part}-{name}"])
                    for part in ("limit", "remaining")
                )
                assert 0 <= remaining <= limit
                assert answer.headers[f"x-ratelimit-reset-{name}"].endswith("s")
            assert "retry-after" not in answer.headers


async def the_free_tier_ends_at_1200_tokens_a_minute_with_a_429() -> None:
    async with fake() as server:
        governed(server, tier="free")
        answers_ = [await ask(server, {"input": "x" * 190}) for _ in range(7)]
        assert [answer.status for answer in answers_] == [200] * 6 + [429]
        last = answers_[-1]
        assert (last.error["type"], last.error["code"]) == ("tokens", "rate_limit_exceeded")
        assert "on tokens per minute (TPM): Limit 1200, Used" in last.error["message"]
        assert 1 <= int(last.headers["retry-after"]) <= 60
        assert int(last.headers["x-ratelimit-remaining-tokens"]) < 190


async def a_request_without_a_user_agent_is_screened_out() -> None:
    async with fake() as server:
        peer = await server.connected()
        peer.writer.write(
            b"POST /v1/audio/speech HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
        )
        head, body = await peer.answer()
        assert head.startswith("HTTP/1.1 403 ")
        assert body == b"error code: 1010"


async def a_key_may_be_required() -> None:
    async with fake() as server:
        governed(server, requires_key=True)
        answer = await ask(server)
        assert (answer.status, answer.error["code"]) == (401, "invalid_api_key")
        assert answer.error["message"] == "Invalid API Key"
        key = {"Authorization": "Bearer gsk_123"}
        assert (await ask(server, headers=key)).status == 200


async def fields_that_are_not_known_are_ignored_unless_the_policy_is_strict() -> None:
    async with fake() as server:
        extra = {"stream_format": "sse", "instructions": "Be glad."}
        assert (await ask(server, extra)).status == 200
        governed(server, unknown_fields="refuse")
        answer = await ask(server, extra)
        assert answer.error["message"] == "property 'instructions' is unsupported"
        assert (await ask(server, {"speed": 1.0, "sample_rate": 24000})).status == 200


async def what_is_too_long_is_spoken_refused_or_cut() -> None:
    async with fake() as server:
        found = {}
        for over_length in ("accept", "truncate", "refuse"):
            governed(server, over_length=over_length)
            found[over_length] = await ask(server, {"input": "x" * 300})
        assert found["refuse"].error["message"] == "input must be at most 200 characters"
        assert len(found["accept"].body) == 78 + 2 * 1920 * 75
        assert len(found["truncate"].body) == 78 + 2 * 1920 * 50


async def the_paths_are_those_that_clients_make_of_any_base_url() -> None:
    async with fake() as server:
        for base in ("", "/v1", "/openai/v1", "/openai/v1/openai/v1"):
            assert (await ask(server, path=f"{base}/audio/speech")).status == 200, base
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{server.base}{base}/models") as response,
            ):
                listed = await response.json()
            assert [row["id"] for row in listed["data"]] == [ARABIC, ENGLISH]


async def the_models_are_listed_as_groq_lists_them() -> None:
    async with (
        fake() as server,
        aiohttp.ClientSession() as session,
        session.get(f"{server.base}/openai/v1/models/{ENGLISH}") as response,
    ):
        assert await response.json() == {
            "id": ENGLISH,
            "object": "model",
            "created": 1766186316,
            "owned_by": "Canopy Labs",
            "active": True,
            "context_window": 4000,
            "public_apps": None,
            "max_completion_tokens": 50000,
        }


async def retries_of_a_call_are_grouped_in_the_ledger() -> None:
    async with fake(faults=[{"name": "error_status", "every": 2}]) as server:
        for count in (0, 1, 0, 1, 2):
            await ask(server, headers={"x-stainless-retry-count": str(count)})
        events = server.events("stream_opened", "stream_refused")
        tries = [(e["data"]["call"], e["data"]["attempt"]) for e in events]
        assert tries == [(1, 0), (1, 1), (2, 0), (2, 1), (2, 2)]


FACTS: list[Fact] = [
    a_format_has_no_default_and_only_wav_is_one,
    the_answer_is_chunked_wav_with_its_pcm_at_byte_78,
    both_sizes_are_unknown,
    a_length_is_a_multiple_of_1920_samples,
    equal_texts_have_answers_of_equal_length_whatever_the_speed,
    a_voice_is_required_and_one_of_six,
    before_april_2026_arabic_had_four_voices,
    a_plain_validation_error_has_no_code,
    an_unknown_model_is_a_404,
    each_model_has_terms_of_its_own,
    every_answer_has_its_rate_headers_and_durations_as_go_writes_them,
    the_free_tier_ends_at_1200_tokens_a_minute_with_a_429,
    a_request_without_a_user_agent_is_screened_out,
    a_key_may_be_required,
    fields_that_are_not_known_are_ignored_unless_the_policy_is_strict,
    what_is_too_long_is_spoken_refused_or_cut,
    the_paths_are_those_that_clients_make_of_any_base_url,
    the_models_are_listed_as_groq_lists_them,
    retries_of_a_call_are_grouped_in_the_ledger,
]


def named(fact: Fact) -> str:
    return getattr(fact, "__name__", "")


@pytest.mark.parametrize("fact", FACTS, ids=named)
async def test_fact(fact: Fact) -> None:
    await fact()


Take = Callable[[pytest.MonkeyPatch], None]


def put(where: object, name: str, value: object) -> Take:
    return lambda patch: patch.setattr(where, name, value)


def header_like(kind: str) -> Take:
    return lambda patch: patch.setitem(WAV_HEADERS, "ffmpeg", WAV_HEADERS[kind])


def without(base: str) -> Take:
    return put(app, "BASES", tuple(each for each in app.BASES if each != base))


def faster_is_shorter(data: bytes, policy: Policy) -> validation.Wish:
    wish = validation.wish_of(data, policy)
    kept = len(wish.text) / json.loads(data).get("speed", 1.0)
    return replace(wish, text=wish.text[: int(kept)])


def always_coded(self: answers.GroqError) -> dict[str, object]:
    return {"error": {"message": self.message, "type": self.type, "code": self.code}}


def anyone(*_: object) -> None:
    """Ask nothing of anybody."""


def one_more_voice(model: str, voice_set: str) -> tuple[str, ...]:
    return (*voices.voices_of(model, voice_set), "alloy")


TAKEN_AWAY: list[tuple[Fact, Take]] = [
    (a_format_has_no_default_and_only_wav_is_one, put(validation, "_FORMATS", ("wav", None))),
    (a_format_has_no_default_and_only_wav_is_one, put(validation, "_FORMATS", ("wav", "pcm"))),
    (the_answer_is_chunked_wav_with_its_pcm_at_byte_78, header_like("unknown")),
    (the_answer_is_chunked_wav_with_its_pcm_at_byte_78, header_like("ffmpeg-bitexact")),
    (both_sizes_are_unknown, header_like("exact")),
    (both_sizes_are_unknown, header_like("signed")),
    (
        a_length_is_a_multiple_of_1920_samples,
        put(staging, "DEFAULT_BEHAVIOUR", replace(DEFAULT_BEHAVIOUR, frame_samples=2048)),
    ),
    (
        equal_texts_have_answers_of_equal_length_whatever_the_speed,
        put(speech, "wish_of", faster_is_shorter),
    ),
    (a_voice_is_required_and_one_of_six, put(validation, "voices_of", one_more_voice)),
    (
        before_april_2026_arabic_had_four_voices,
        lambda patch: patch.setitem(voices.VOICE_SETS, "2025-12", frozenset()),
    ),
    (a_plain_validation_error_has_no_code, put(answers.GroqError, "body", always_coded)),
    (
        an_unknown_model_is_a_404,
        put(validation, "no_such_model", lambda _: answers.GroqError(status=400, message="no")),
    ),
    (
        each_model_has_terms_of_its_own,
        lambda patch: patch.setitem(answers.CAUSES, "terms", answers.CAUSES["gateway"]),
    ),
    (
        every_answer_has_its_rate_headers_and_durations_as_go_writes_them,
        put(answers, "go_duration", str),
    ),
    (the_free_tier_ends_at_1200_tokens_a_minute_with_a_429, put(limits.Limiter, "ask", anyone)),
    (a_request_without_a_user_agent_is_screened_out, put(speech, "check_credentials", anyone)),
    (a_key_may_be_required, put(speech, "check_credentials", anyone)),
    (
        fields_that_are_not_known_are_ignored_unless_the_policy_is_strict,
        put(validation, "_unknown", anyone),
    ),
    (what_is_too_long_is_spoken_refused_or_cut, put(Policy, "shortened", lambda _, text: text)),
    (the_paths_are_those_that_clients_make_of_any_base_url, without("/openai/v1/openai/v1")),
    (the_paths_are_those_that_clients_make_of_any_base_url, without("/v1")),
    (the_models_are_listed_as_groq_lists_them, put(voices.Model, "listing", lambda _: {})),
    (
        retries_of_a_call_are_grouped_in_the_ledger,
        put(attempts.Attempts, "of", lambda *_: attempts.Attempt(call=1, attempt=0)),
    ),
]


@pytest.mark.parametrize(
    ("fact", "take_away"),
    TAKEN_AWAY,
    ids=[f"{named(fact)}-{n}" for n, (fact, _) in enumerate(TAKEN_AWAY)],
)
async def test_a_fact_that_is_taken_away_is_missed(
    fact: Fact, take_away: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_away(monkeypatch)
    with pytest.raises((AssertionError, KeyError, ValueError, aiohttp.ClientError)):
        await fact()


def test_each_fact_can_be_taken_away() -> None:
    assert {named(fact) for fact, _ in TAKEN_AWAY} == {named(fact) for fact in FACTS}
