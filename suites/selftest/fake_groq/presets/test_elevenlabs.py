import pytest

from fake_groq.presets.elevenlabs import Elevenlabs
from suites.selftest.fake_groq.presets.talk import (
    TEXT,
    Closed,
    answers,
    ends,
    greeting,
    is_whole,
    kinds,
    opened,
    released,
    talking,
    texts,
)

PATH = "/v1/text-to-speech/alice/stream-input?output_format=pcm_24000"
FINAL = {"audio": None, "isFinal": True}


def an_elevenlabs(**query: str) -> Elevenlabs:
    member = opened(Elevenlabs, output_format="pcm_24000", **query)
    assert isinstance(member, Elevenlabs)
    return member


def test_pieces_are_spoken_as_they_came_but_for_the_first_and_the_last_blank() -> None:
    pieces = ({"text": " "}, {"text": "One "}, {"text": " two. "}, {"text": ""})
    found = answers(an_elevenlabs(), *pieces)
    assert texts(found) == ["One  two."]
    assert ends(found[0]) == [FINAL]


def test_a_flush_gives_audio_without_a_marker_and_the_end_comes_when_it_is_over() -> None:
    found = answers(an_elevenlabs(), {"text": "One. ", "flush": True}, {"text": ""})
    assert texts(found) == ["One."]
    assert ends(found[0]) == []
    assert found[1:] == [FINAL, Closed(1000)]


def test_with_auto_mode_each_text_is_spoken() -> None:
    member = an_elevenlabs(auto_mode="true")
    assert texts(answers(member, {"text": " "}, {"text": "One. "}, {"text": "Two. "})) == [
        "One.",
        "Two.",
    ]


def test_behind_the_end_nothing_is_heard() -> None:
    assert (
        len(answers(an_elevenlabs(), {"text": "a"}, {"text": ""}, {"text": "b"}, {"text": ""})) == 1
    )


@pytest.mark.parametrize("query", [{}, {"output_format": "mp3_44100_128"}])
def test_other_formats_cannot_be_had(query: dict[str, str]) -> None:
    error, closed = greeting(Elevenlabs, **query)
    assert isinstance(error, dict)
    assert "output_format must be pcm_24000" in error["message"]
    assert closed == Closed(1008, error["message"])


def test_the_settings_of_the_voice_are_those_of_the_first_message() -> None:
    first = {"text": " ", "voice_settings": {"speed": 1}}
    assert answers(an_elevenlabs(), first, first) == []
    error, closed = answers(an_elevenlabs(), first, {"text": "a", "voice_settings": {"speed": 2}})
    assert closed == Closed(1008, "voice_settings can only be given in the first message")
    assert isinstance(error, dict)
    assert (error["error"], error["code"]) == ("invalid_request", 1008)


@pytest.mark.io
async def test_on_the_wire_the_end_is_a_flag_and_a_close() -> None:
    async with talking(PATH) as (server, client):
        await client.say({"text": " "}, {"text": f"{TEXT} "}, {"text": ""})
        heard = await client.hear()
        audio = "audio isFinal normalizedAlignment alignment"
        assert kinds(heard) == [audio, "audio isFinal", "close 1000"]
        assert is_whole(heard, "audio")
        assert await released(server) == (
            "own",
            "marker preset elevenlabs",
        )


@pytest.mark.io
async def test_who_says_nothing_is_thrown_out() -> None:
    async with talking(f"{PATH}&inactivity_timeout=0.05") as (_, client):
        await client.say({"text": " "})
        *_, error, closed = await client.hear()
        assert isinstance(error, dict)
        assert error["error"] == "input_timeout_exceeded"
        assert isinstance(closed, Closed)
        assert closed.code == 1008


@pytest.mark.io
async def test_who_listens_is_not_idle() -> None:
    async with talking(f"{PATH}&inactivity_timeout=0.05", first_audio_ms=200) as (_, client):
        await client.say({"text": TEXT}, {"text": ""})
        assert is_whole(await client.hear(), "audio")
