import pytest

from fake_groq.presets.baseten_qwen3 import BasetenQwen3
from suites.selftest.fake_groq.presets.scripts import SCRIPTS
from suites.selftest.fake_groq.presets.talk import (
    Closed,
    answers,
    kind,
    kinds,
    opened,
    talking,
    texts,
)

CONFIG = {"type": "session.config"}
DONE = {"type": "input.done"}


def text(piece: str) -> dict[str, object]:
    return {"type": "input.text", "text": piece}


def test_text_waits_for_the_end_of_the_turn() -> None:
    assert texts(answers(opened(BasetenQwen3), CONFIG, text("One "), text("two."), DONE)) == [
        "One two."
    ]


def test_an_empty_turn_keeps_the_session_alive() -> None:
    done = {"type": "session.done", "total_sentences": 0}
    assert answers(opened(BasetenQwen3), CONFIG, DONE) == [done]


@pytest.mark.parametrize(
    "message", [text("One"), DONE, "{", {}, {**CONFIG, "response_format": "mp3"}]
)
def test_errors_leave_the_socket_open(message: dict[str, object] | str) -> None:
    assert kinds(answers(opened(BasetenQwen3), message)) == ["error"]


def test_time_is_short_until_the_configuration() -> None:
    member = opened(BasetenQwen3)
    assert member.idle_s() == 10
    answers(member, CONFIG)
    assert member.idle_s() == 30


@pytest.mark.io
async def test_on_the_wire_the_socket_stays_until_it_is_closed() -> None:
    script = SCRIPTS["baseten_qwen3"]
    async with talking(script.path) as (_, client):
        for _ in range(2):
            await client.say(*script.says)
            heard = await client.hear(kind("session.done"))
            assert kinds(heard) == ["audio.start", "pcm", "audio.done", "session.done"]
        await client.say({"type": "session.close"})
        assert await client.hear() == [Closed(1000)]
