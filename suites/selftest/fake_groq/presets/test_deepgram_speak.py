import pytest

from fake_groq.presets.base import Cancel
from fake_groq.presets.deepgram_speak import DeepgramSpeak
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
    wrapped,
)

PATH = SCRIPTS["deepgram_speak"].path
FLUSH = {"type": "Flush"}


def speak(text: str) -> dict[str, object]:
    return {"type": "Speak", "text": text}


def test_text_waits_for_the_flush_and_flushes_are_numbered() -> None:
    found = answers(opened(DeepgramSpeak), speak("One "), speak("two. "), FLUSH, speak("3"), FLUSH)
    assert texts(found) == ["One two.", "3"]
    assert list(map(ends, found)) == [[{"type": "Flushed", "sequence_id": n}] for n in (0, 1)]


def test_a_flush_of_nothing_is_confirmed() -> None:
    assert answers(opened(DeepgramSpeak), FLUSH) == [{"type": "Flushed", "sequence_id": 0}]


def test_clear_forgets_what_was_gathered() -> None:
    found = answers(opened(DeepgramSpeak), speak("One"), {"type": "Clear"}, FLUSH)
    assert isinstance(found[0], Cancel)
    assert texts(found) == []


def test_close_closes_at_once() -> None:
    assert answers(opened(DeepgramSpeak), speak("One"), {"type": "Close"}) == [Closed(1000)]


@pytest.mark.parametrize("message", [{"type": "Speak"}, {"type": "Sing"}, {}])
def test_a_wrong_message_is_warned_of(message: dict[str, object]) -> None:
    assert kinds(answers(opened(DeepgramSpeak), message)) == ["Warning"]


@pytest.mark.parametrize("message", ["{", b"\1\2"])
def test_what_is_no_json_closes(message: str | bytes) -> None:
    _, closed = answers(opened(DeepgramSpeak), message)
    assert closed == Closed(1008, "DATA-0000")


@pytest.mark.parametrize("query", [{"encoding": "mulaw"}, {"sample_rate": "8000"}])
def test_other_formats_cannot_be_had(query: dict[str, str]) -> None:
    assert kinds(greeting(DeepgramSpeak, **query)) == ["Error", "close 1008"]


def test_audio_is_bare() -> None:
    assert wrapped(opened(DeepgramSpeak)) == b"\1\0"


@pytest.mark.io
async def test_on_the_wire_the_audio_stands_between_metadata_and_flushed() -> None:
    async with talking(PATH) as (_, client):
        await client.say(*SCRIPTS["deepgram_speak"].says)
        assert kinds(await client.hear(kind("Flushed"))) == ["Metadata", "pcm", "Flushed"]
        await client.say({"type": "Close"})
        assert await client.hear() == [Closed(1000)]


@pytest.mark.io
async def test_clear_stops_and_is_confirmed_also_where_nothing_is_spoken() -> None:
    async with talking(PATH, faults=[STALLED]) as (server, client):
        await client.say(*SCRIPTS["deepgram_speak"].says)
        await server.wait_for("stream_stalled")
        await client.say({"type": "Clear"})
        assert kinds(await client.hear(kind("Cleared"))) == ["Metadata", "pcm", "Cleared"]
        assert await released(server) == ("peer", "cancel")
        await client.say({"type": "Clear"})
        assert kinds(await client.hear(kind("Cleared"))) == ["Cleared"]
