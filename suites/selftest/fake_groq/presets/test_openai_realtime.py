import pytest

from fake_groq.presets.openai_realtime import OpenaiRealtime
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
)

SCRIPT = SCRIPTS["openai_realtime"]
BEGIN = [
    "response.created",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
]
END = [
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "conversation.item.done",
    "response.output_item.done",
    "response.done",
]
CREATE = {"type": "response.create"}


def item(text: str) -> dict[str, object]:
    content = [{"type": "input_text", "text": text}]
    return {"type": "message", "role": "user", "content": content}


def items(*found: str) -> list[dict[str, object]]:
    return [{"type": "conversation.item.create", "item": item(text)} for text in found]


def create(**response: object) -> dict[str, object]:
    return {**CREATE, "response": response}


def test_the_users_items_are_spoken() -> None:
    found = answers(opened(OpenaiRealtime), *items("One ", "two."), CREATE)
    assert kinds(found[:2]) == ["conversation.item.added", "conversation.item.done"]
    assert texts(found) == ["One two."]
    assert kinds(ends(found[-1])) == END


def test_the_responses_own_input_comes_first_and_its_instructions_last() -> None:
    wanted = create(input=[item("Three.")], instructions="Four.")
    assert texts(answers(opened(OpenaiRealtime), *items("One"), wanted)) == ["Three."]
    assert texts(answers(opened(OpenaiRealtime), create(instructions="Four."))) == ["Four."]


def test_there_is_one_response_at_a_time() -> None:
    member = opened(OpenaiRealtime)
    speech, error = answers(member, create(instructions="One."), create(instructions="Two."))
    assert isinstance(error, dict)
    assert error["error"]["code"] == "conversation_already_has_active_response"
    member.over(getattr(speech, "context", ""))
    assert texts(answers(member, create(instructions="Two."))) == ["Two."]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", None),
        ({"type": "sing"}, "invalid_value"),
        (CREATE, "invalid_value"),
        ({"type": "response.cancel"}, "response_cancel_not_active"),
        (create(output_modalities=["text"]), "invalid_value"),
        (create(audio={"output": {"format": {"type": "audio/pcmu"}}}), None),
    ],
)
def test_errors_leave_the_socket_open(message: dict[str, object] | str, code: str | None) -> None:
    (error,) = answers(opened(OpenaiRealtime), message)
    assert isinstance(error, dict)
    assert (error["type"], error["error"]["code"]) == ("error", code)


def test_a_session_can_be_updated_and_sound_is_not_heard() -> None:
    assert kinds(greeting(OpenaiRealtime)) == ["session.created"]
    update = {"type": "session.update", "session": {"type": "realtime"}}
    sound = {"type": "input_audio_buffer.append", "audio": "AAAA"}
    assert kinds(answers(opened(OpenaiRealtime), update, sound)) == ["session.updated"]


@pytest.mark.io
async def test_on_the_wire_one_response_follows_the_other() -> None:
    async with talking(SCRIPT.path) as (_, client):
        await client.hear(kind("session.created"))
        for _ in range(3):
            await client.say(*SCRIPT.says)
            *heard, last = await client.hear(SCRIPT.is_last)
            assert kinds([*heard, last]) == [*BEGIN, "response.output_audio.delta", *END]
            assert isinstance(last, dict)
            assert last["response"]["status"] == "completed"


@pytest.mark.io
async def test_a_cancelled_response_is_done_like_any_other_but_for_its_status() -> None:
    async with talking(SCRIPT.path, faults=[STALLED]) as (server, client):
        await client.say(*SCRIPT.says)
        await server.wait_for("stream_stalled")
        await client.say({"type": "response.cancel"})
        heard = await client.hear(kind("response.done"))
        assert kinds(heard)[-len(END) :] == END
        last = heard[-1]
        assert isinstance(last, dict)
        assert last["response"]["status"] == "cancelled"
        assert await released(server) == ("peer", "cancel")
