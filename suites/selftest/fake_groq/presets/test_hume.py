import pytest

from fake_groq.presets.hume import Hume
from suites.selftest.fake_groq.presets.scripts import SCRIPTS
from suites.selftest.fake_groq.presets.talk import (
    TEXT,
    Closed,
    answers,
    ends,
    greeting,
    is_whole,
    kinds,
    opened,
    talking,
    texts,
    wrapped,
)

PATH = SCRIPTS["hume"].path


def test_text_waits_for_the_flush_or_the_end() -> None:
    member = opened(Hume, format_type="pcm")
    found = answers(member, {"text": "One "}, {"text": "two.", "flush": True}, {"text": "3"})
    assert texts(found) == ["One two."]
    assert ends(found[0]) == []
    assert texts(answers(member, {"close": True})) == ["3"]
    assert answers(member, {"close": True}) == [Closed(1000)]


def test_chunks_are_counted_and_the_last_is_marked() -> None:
    member = opened(Hume, format_type="pcm", no_binary="true")
    (speech,) = answers(member, {"text": "One.", "flush": True})
    snippet = getattr(speech, "context", "")
    chunks = [*(wrapped(member, context=snippet) for _ in range(2)), *ends(speech)]
    story = [
        (chunk["chunk_index"], chunk["is_last_chunk"], chunk["snippet_id"], chunk["audio"])
        for chunk in chunks
        if isinstance(chunk, dict)
    ]
    assert story == [
        (0, False, snippet, "AQA="),
        (1, False, snippet, "AQA="),
        (-1, True, snippet, ""),
    ]


def test_other_formats_cannot_be_had() -> None:
    assert kinds(greeting(Hume)) == ["error", "close 1008"]


@pytest.mark.io
async def test_on_the_wire_bare_audio_ends_with_the_close() -> None:
    async with talking(PATH) as (_, client):
        await client.say({"text": TEXT}, {"close": True})
        assert kinds(await client.hear()) == ["pcm", "close 1000"]


@pytest.mark.io
async def test_on_the_wire_audio_may_be_json() -> None:
    async with talking(f"{PATH}&no_binary=true") as (_, client):
        await client.say({"text": TEXT}, {"flush": True})
        heard = await client.hear(lambda m: isinstance(m, dict) and bool(m["is_last_chunk"]))
        assert is_whole(heard, "audio")
