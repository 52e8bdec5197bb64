import pytest

from fake_groq.presets.base import Cancel
from fake_groq.presets.rime_ws3 import RimeWs3
from suites.selftest.fake_groq.presets.scripts import SCRIPTS
from suites.selftest.fake_groq.presets.talk import (
    STALLED,
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

SCRIPT = SCRIPTS["rime_ws3"]
FLUSH, CLEAR, EOS = ({"operation": name} for name in ("flush", "clear", "eos"))


def text(piece: str, context: str = "a") -> dict[str, object]:
    return {"text": piece, "contextId": context}


def test_text_waits_for_the_flush() -> None:
    found = answers(opened(RimeWs3), text("One. "), text("Two. "), FLUSH)
    assert texts(found) == ["One. Two."]
    assert ends(found[0]) == [{"type": "done", "done": True, "contextId": "a"}]


def test_audio_says_whose_it_is() -> None:
    assert wrapped(opened(RimeWs3), context="a") == {
        "type": "chunk",
        "data": "AQA=",
        "contextId": "a",
    }


def test_clear_forgets_what_was_gathered() -> None:
    assert answers(opened(RimeWs3), text("One"), CLEAR, EOS)[0] == Cancel()


@pytest.mark.parametrize("message", ["{", b"", {}, {"operation": "sing"}])
def test_errors_leave_the_socket_open(message: dict[str, object] | str | bytes) -> None:
    assert kinds(answers(opened(RimeWs3), message)) == ["error"]


def test_other_formats_cannot_be_had() -> None:
    assert kinds(greeting(RimeWs3)) == ["error"]


@pytest.mark.io
async def test_on_the_wire_the_socket_stays_until_eos() -> None:
    async with talking(SCRIPT.path) as (_, client):
        await client.say(*SCRIPT.says)
        assert kinds(await client.hear(SCRIPT.is_last)) == ["chunk", "done"]
        await client.say(text("Two."), EOS)
        assert kinds(await client.hear()) == ["chunk", "done", "close 1000"]


@pytest.mark.io
async def test_clear_stops_without_an_answer() -> None:
    async with talking(SCRIPT.path, faults=[STALLED]) as (server, client):
        await client.say(*SCRIPT.says)
        await client.hear(kind("chunk"))
        await server.wait_for("stream_stalled")
        await client.say(CLEAR)
        assert await released(server) == ("peer", "cancel")
