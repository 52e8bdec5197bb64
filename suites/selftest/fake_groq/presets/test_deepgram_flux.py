import pytest

from fake_groq.presets.deepgram_flux import DeepgramFlux
from suites.selftest.fake_groq.presets.scripts import SCRIPTS
from suites.selftest.fake_groq.presets.talk import (
    STALLED,
    Closed,
    answers,
    ends,
    greeting,
    kind,
    kinds,
    opened,
    released,
    talking,
    texts,
)

SCRIPT = SCRIPTS["deepgram_flux"]
FLUSH, INTERRUPT = {"type": "Flush"}, {"type": "Interrupt"}


def speak(text: str) -> dict[str, object]:
    return {"type": "Speak", "text": text}


def test_a_turn_is_what_was_said_until_the_flush() -> None:
    found = answers(opened(DeepgramFlux), speak("One "), speak("two. "), FLUSH)
    assert texts(found) == ["One two."]
    metadata, flushed = ends(found[0])
    assert isinstance(metadata, dict)
    assert isinstance(flushed, dict)
    assert (metadata["type"], flushed["type"]) == ("SpeechMetadata", "Flushed")
    assert metadata["speech_id"] == flushed["speech_id"]
    assert metadata["input_character_count"] == 8


@pytest.mark.parametrize("message", [FLUSH, INTERRUPT])
def test_what_has_no_turn_is_warned_of(message: dict[str, object]) -> None:
    assert kinds(answers(opened(DeepgramFlux), message)) == ["Warning"]


def test_a_configuration_is_confirmed() -> None:
    found = answers(opened(DeepgramFlux), {"type": "Configure", "speed": 1.1})
    assert found == [{"type": "ConfigureSuccess", "applied": {"speed": 1.1}}]


@pytest.mark.parametrize(
    ("message", "code"),
    [("{", "DATA-0000"), (b"", "DATA-0000"), ({}, "MESSAGE-0000"), (speak, "DATA-0000")],
)
def test_errors_close(message: object, code: str) -> None:
    words = speak("x" * 10_001) if message is speak else message
    assert isinstance(words, dict | str | bytes)
    error, closed = answers(opened(DeepgramFlux), words)
    assert isinstance(error, dict)
    assert (error["type"], error["code"]) == ("Error", code)
    assert closed == Closed(1008, code)


def test_other_formats_cannot_be_had() -> None:
    assert kinds(greeting(DeepgramFlux, encoding="mulaw")) == ["Error", "close 1008"]


@pytest.mark.io
async def test_on_the_wire_a_turn_is_bracketed_and_the_socket_stays() -> None:
    async with talking(SCRIPT.path) as (_, client):
        story = ["SpeechStarted", "pcm", "SpeechMetadata", "Flushed"]
        await client.say(*SCRIPT.says)
        assert kinds(await client.hear(SCRIPT.is_last)) == ["Connected", *story]
        await client.say(*SCRIPT.says, {"type": "Close"})
        assert kinds(await client.hear()) == [*story, "SessionMetadata", "close 1000"]


@pytest.mark.io
async def test_an_interrupt_stops_the_turn_and_those_behind_it() -> None:
    async with talking(SCRIPT.path, faults=[STALLED]) as (server, client):
        await client.say(*SCRIPT.says, *SCRIPT.says)
        await server.wait_for("stream_stalled")
        await client.say({**INTERRUPT, "playback_offset": {"type": "time_ms", "value": 80}})
        heard = await client.hear(kind("SpeechInterrupted"))
        last = heard[-1]
        assert isinstance(last, dict)
        assert last["audio_played_ms"] == 80
        assert await released(server) == ("peer", "cancel")
        await client.say(INTERRUPT)
        assert kinds(await client.hear(kind("Warning"))) == ["Warning"]
        assert len(server.events("stream_opened")) == 1
