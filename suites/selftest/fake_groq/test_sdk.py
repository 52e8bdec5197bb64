"""The official SDKs get their speech, and their errors, from the fake."""

from contextlib import suppress

import groq
import openai
import pytest

from fake_groq.watermark import stream_key
from suites.selftest.fake_groq.staging import ENGLISH, VOICE, Fake, fake, runs_of, text_of

pytestmark = pytest.mark.io

TEXT = text_of(3, 2)
KEY = stream_key(3, 2, 0, 0)
TOTAL = 1920 * -(-20 * len(TEXT) // 80)
ERRORS = [
    (400, "BadRequestError"),
    (401, "AuthenticationError"),
    (404, "NotFoundError"),
    (429, "RateLimitError"),
    (498, "APIStatusError"),
    (503, "InternalServerError"),
]


def a_groq(server: Fake, *, path: str = "") -> groq.AsyncGroq:
    return groq.AsyncGroq(api_key="none", base_url=server.base + path, max_retries=0)


def an_openai(server: Fake) -> openai.AsyncOpenAI:
    url = f"{server.base}/openai/v1"
    return openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0)


@pytest.mark.parametrize("path", ["", "/openai/v1"])
async def test_groq_reads_the_whole_file(path: str) -> None:
    async with fake() as server, a_groq(server, path=path) as client:
        answer = await client.audio.speech.create(
            model=ENGLISH, voice=VOICE, input=TEXT, response_format="wav"
        )
        body = await answer.read()
        assert runs_of(body[78:]) == [(KEY, 0, TOTAL)]


async def test_groq_reads_the_file_as_it_is_made() -> None:
    async with fake(pace="8x", first_audio_ms=30) as server, a_groq(server) as client:
        speech = client.audio.speech.with_streaming_response
        async with speech.create(
            model=ENGLISH, voice=VOICE, input=TEXT, response_format="wav"
        ) as answer:
            pieces = [piece async for piece in answer.iter_bytes()]
        assert len(pieces[0]) == 78
        assert len(pieces) > 3
        assert runs_of(b"".join(pieces)[78:]) == [(KEY, 0, TOTAL)]


async def test_openai_reads_it_too() -> None:
    async with fake() as server, an_openai(server) as client:
        answer = await client.audio.speech.create(
            model=ENGLISH, voice=VOICE, input=TEXT, response_format="wav"
        )
        assert runs_of(answer.content[78:]) == [(KEY, 0, TOTAL)]


async def test_the_models_can_be_listed() -> None:
    async with fake() as server, a_groq(server) as client:
        listed = await client.models.list()
        assert [model.owned_by for model in listed.data] == ["Canopy Labs"] * 2


@pytest.mark.parametrize(("status", "name"), ERRORS)
async def test_an_error_status_is_the_sdks_own_error(status: int, name: str) -> None:
    fault = {"name": "error_status", "status": status}
    async with fake(faults=[fault]) as server, a_groq(server) as client:
        with pytest.raises(getattr(groq, name)) as caught:
            await client.audio.speech.create(
                model=ENGLISH, voice=VOICE, input=TEXT, response_format="wav"
            )
        assert caught.value.status_code == status
        async with an_openai(server) as other:
            with pytest.raises(getattr(openai, name)):
                await other.audio.speech.create(
                    model=ENGLISH, voice=VOICE, input=TEXT, response_format="wav"
                )


async def test_an_absent_response_format_is_a_400_as_on_the_real_service() -> None:
    async with fake() as server, a_groq(server) as client:
        with pytest.raises(groq.BadRequestError, match=r"must be one of \[wav\]"):
            await client.audio.speech.create(model=ENGLISH, voice=VOICE, input=TEXT)


async def test_a_broken_body_is_retried_and_each_attempt_is_counted() -> None:
    fault = {"name": "abrupt_reset", "after_ms": 80}
    async with fake(pace="8x", faults=[fault]) as server:
        async with groq.AsyncGroq(api_key="none", base_url=server.base, max_retries=1) as client:
            with suppress(groq.APIConnectionError):
                await client.audio.speech.create(
                    model=ENGLISH, voice=VOICE, input=TEXT, response_format="wav"
                )
        opened = server.events("stream_opened")
        assert [event["data"]["count"] for event in opened] == [0, 1]
        assert [event["stream"] for event in opened] == [KEY, KEY + 1]
