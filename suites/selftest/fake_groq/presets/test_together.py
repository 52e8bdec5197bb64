import pytest

from fake_groq.presets.together import Together
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

SCRIPT = SCRIPTS["together"]
COMMIT, CLEAR = ({"type": f"input_text_buffer.{name}"} for name in ("commit", "clear"))
RECEIVED = "conversation.item.input_text.received"
AUDIO = "conversation.item.audio_output"


def append(text: str) -> dict[str, object]:
    return {"type": "input_text_buffer.append", "text": text}


def test_what_is_appended_waits_for_the_commit() -> None:
    member = opened(Together)
    found = answers(member, append("One "), append("two."), COMMIT, COMMIT)
    assert texts(found) == ["One two."]
    item = getattr(found[-1], "context", "")
    assert ends(found[-1]) == [{"type": f"{AUDIO}.done", "item_id": item}]
    delta = {"type": f"{AUDIO}.delta", "item_id": item, "delta": "AQA="}
    assert wrapped(member, context=item) == delta


def test_an_update_of_the_session_is_confirmed() -> None:
    update = {"type": "tts_session.updated", "session": {"voice": "tara"}}
    assert kinds(greeting(Together)) == ["session.created"]
    assert kinds(answers(opened(Together), update)) == ["session.updated"]


@pytest.mark.parametrize("message", ["{", b"", {}, append("x" * 10_001)])
def test_errors_leave_the_socket_open(message: dict[str, object] | str | bytes) -> None:
    assert kinds(answers(opened(Together), message)) == ["error"]


def test_other_formats_cannot_be_had() -> None:
    assert kinds(greeting(Together, response_encoding="pcm_mulaw")) == ["error"]


@pytest.mark.io
async def test_on_the_wire_the_socket_stays() -> None:
    async with talking(SCRIPT.path) as (_, client):
        await client.hear(kind("session.created"))
        for _ in range(2):
            await client.say(*SCRIPT.says)
            heard = await client.hear(SCRIPT.is_last)
            assert kinds(heard) == [RECEIVED, f"{AUDIO}.delta", f"{AUDIO}.done"]


@pytest.mark.io
async def test_clear_stops_and_is_confirmed() -> None:
    async with talking(SCRIPT.path, faults=[STALLED]) as (server, client):
        await client.say(*SCRIPT.says)
        await server.wait_for("stream_stalled")
        await client.say(CLEAR)
        *_, last = kinds(await client.hear(kind("input_text_buffer.cleared")))
        assert last == "input_text_buffer.cleared"
        assert await released(server) == ("peer", "cancel")
