import pytest

from fake_groq.presets.baseten_orpheus import BasetenOrpheus
from suites.selftest.fake_groq.presets.scripts import SCRIPTS
from suites.selftest.fake_groq.presets.talk import Closed, answers, kinds, opened, talking, texts

CONFIG = {"voice": "tara", "max_tokens": 2000, "buffer_size": 10}


def test_bare_pieces_of_text_are_spoken_at_the_end() -> None:
    found = answers(opened(BasetenOrpheus), CONFIG, "One ", '{"two": ', "3}", "__END__", "four")
    assert texts(found) == ['One {"two": 3}']


def test_nothing_to_speak_is_a_close() -> None:
    assert answers(opened(BasetenOrpheus), CONFIG, "__END__") == [Closed(1000)]


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (("hello",), "the first message is not a JSON object"),
        ((b"{}",), "text messages only"),
        ((CONFIG, "x" * 10_001), "text must be at most 10000 characters"),
    ],
)
def test_errors_are_told_by_the_close_alone(
    messages: tuple[dict[str, object] | str | bytes, ...], reason: str
) -> None:
    assert answers(opened(BasetenOrpheus), *messages) == [Closed(1008, reason)]


@pytest.mark.io
async def test_on_the_wire_there_is_audio_and_then_the_close() -> None:
    script = SCRIPTS["baseten_orpheus"]
    async with talking(script.path) as (server, client):
        await client.say(*script.says)
        assert kinds(await client.hear()) == ["pcm", "close 1000"]
        ended = await server.wait_for("stream_ended")
        assert ended["data"]["marker"] == "preset baseten_orpheus"
