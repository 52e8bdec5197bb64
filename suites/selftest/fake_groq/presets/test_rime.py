import pytest

from fake_groq.presets.base import Cancel
from fake_groq.presets.rime import Rime
from suites.selftest.fake_groq.presets.scripts import SCRIPTS, TOTAL_BYTES
from suites.selftest.fake_groq.presets.talk import (
    STALLED,
    TEXT,
    Closed,
    answers,
    ends,
    greeting,
    kinds,
    opened,
    pcm,
    released,
    talking,
    texts,
)

PATH = SCRIPTS["rime"].path


def test_text_is_spoken_when_it_ends_a_sentence_or_is_flushed() -> None:
    found = answers(opened(Rime), "One ", "two. ", "Three", "<FLUSH>", "Four", "<CLEAR>", "Five!")
    assert texts(found) == ["One two.", "Three", "Five!"]
    assert [ends(speak) for speak in found if not isinstance(speak, Cancel)] == [[], [], []]


@pytest.mark.parametrize("query", [{}, {"audioFormat": "pcm", "samplingRate": "8000"}])
def test_other_formats_cannot_be_had(query: dict[str, str]) -> None:
    assert kinds(greeting(Rime, **query)) == ["close 1008"]


def test_bytes_are_no_text() -> None:
    assert answers(opened(Rime), b"One.") == [Closed(1008, "text messages only")]


@pytest.mark.io
async def test_on_the_wire_there_is_audio_and_nothing_else_until_the_eos() -> None:
    async with talking(PATH) as (server, client):
        await client.say(TEXT)
        ended = await server.wait_for("stream_ended")
        assert ended["data"]["marker"] == "preset rime"
        await client.say("<EOS>")
        heard = await client.hear()
        assert kinds(heard) == ["pcm", "close 1000"]
        assert len(pcm(heard)) == TOTAL_BYTES


@pytest.mark.io
async def test_clear_stops_without_an_answer() -> None:
    async with talking(PATH, faults=[STALLED]) as (server, client):
        await client.say(TEXT)
        await server.wait_for("stream_stalled")
        await client.say("<CLEAR>")
        assert await released(server) == ("peer", "cancel")
        await client.say("<EOS>")
        assert kinds(await client.hear()) == ["pcm", "close 1000"]
