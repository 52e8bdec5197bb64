import pytest

from fake_groq.presets.elevenlabs import ElevenlabsMulti
from suites.selftest.fake_groq.presets.talk import (
    TEXT,
    Closed,
    Message,
    answers,
    ends,
    greeting,
    is_whole,
    opened,
    talking,
    texts,
    wrapped,
)

PATH = "/v1/text-to-speech/alice/multi-stream-input?output_format=pcm_24000"


def final(context: str) -> dict[str, object]:
    return {"audio": None, "isFinal": True, "contextId": context}


def a_multi() -> ElevenlabsMulti:
    member = opened(ElevenlabsMulti, output_format="pcm_24000")
    assert isinstance(member, ElevenlabsMulti)
    return member


def text(piece: str, context: str, **more: object) -> dict[str, object]:
    return {"text": piece, "context_id": context, **more}


def test_contexts_do_not_mix() -> None:
    pieces = (text(" ", "a"), text("One ", "a"), text("Two ", "b"), text("three.", "a", flush=True))
    found = answers(a_multi(), *pieces, {"context_id": "b", "flush": True})
    assert texts(found) == ["One three.", "Two"]


def test_what_was_not_flushed_is_forgotten_at_the_close() -> None:
    found = answers(a_multi(), text("One", "a"), {"contextId": "a", "close_context": True})
    assert found == [final("a")]
    assert answers(a_multi(), {"context_id": "a", "close_context": True}) == []


def test_the_socket_flushes_all_and_closes() -> None:
    *found, closed = answers(a_multi(), text("One", "a"), text("Two", "b"), {"close_socket": True})
    assert texts(found) == ["One", "Two"]
    assert [ends(speak) for speak in found] == [[final("a")], [final("b")]]
    assert closed == Closed(1000)


def test_the_sixth_context_is_one_too_many() -> None:
    *_, error, closed = answers(a_multi(), *(text("x", str(number)) for number in range(6)))
    assert isinstance(error, dict)
    assert error["error"] == "max_active_conversations"
    assert isinstance(closed, Closed)
    assert closed.code == 1008


def test_other_formats_cannot_be_had() -> None:
    assert greeting(ElevenlabsMulti)[-1:] != []
    assert greeting(ElevenlabsMulti, output_format="pcm_24000") == []


def test_audio_says_whose_it_is() -> None:
    audio = wrapped(a_multi(), context="a")
    assert isinstance(audio, dict)
    assert (audio["audio"], audio["contextId"]) == ("AQA=", "a")


@pytest.mark.io
async def test_on_the_wire_the_last_of_a_context_is_final() -> None:
    def is_last(message: Message) -> bool:
        return isinstance(message, dict) and message.get("isFinal") is True

    async with talking(PATH) as (server, client):
        for attempt in range(2):
            await client.say(text(f"{TEXT} ", "a"), text("", "a", flush=True))
            await client.say({"context_id": "a", "close_context": True})
            heard = await client.hear(is_last)
            assert heard[-1] == final("a")
            assert is_whole(heard[:-1], "audio") is (attempt == 0)
        await client.say({"close_socket": True})
        assert await client.hear() == [Closed(1000)]
        released = server.events("stream_released")
        assert {event["data"]["how"] for event in released} == {"marker preset elevenlabs_multi"}
