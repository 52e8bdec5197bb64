import pytest

from fake_groq.presets.bland import Bland
from suites.selftest.fake_groq.presets.scripts import SCRIPTS
from suites.selftest.fake_groq.presets.talk import (
    STALLED,
    answers,
    ends,
    kind,
    kinds,
    opened,
    released,
    talking,
    texts,
)

SCRIPT = SCRIPTS["bland"]
INIT = SCRIPT.says[0]


def speak(text: str, context: str = "a") -> dict[str, object]:
    return {"type": "speak", "context_id": context, "text": text}


def over(context: str = "a") -> dict[str, object]:
    return {"type": "end_of_turn", "context_id": context}


def test_a_turn_is_what_was_said_until_its_end() -> None:
    ready, turn = answers(opened(Bland), INIT, speak("One "), speak("two."), over())
    assert kinds([ready]) == ["ready"]
    assert texts([turn]) == ["One two."]
    assert ends(turn) == [{"type": "utterance_end", "context_id": "a", "reason": "completed"}]


def test_another_turn_preempts() -> None:
    found = answers(opened(Bland), INIT, speak("One"), speak("Two", "b"), over("b"), over())
    assert texts(found) == ["Two"]


@pytest.mark.parametrize(
    "message",
    ["{", b"", speak("One"), {"type": "init"}, {"type": "init", "audio": {"encoding": "x"}}],
)
def test_errors_leave_the_socket_open(message: dict[str, object] | str | bytes) -> None:
    assert kinds(answers(opened(Bland), message)) == ["error"]


@pytest.mark.io
async def test_on_the_wire_turns_are_bracketed_until_the_close() -> None:
    async with talking(SCRIPT.path) as (_, client):
        await client.say(*SCRIPT.says, {"type": "close"})
        story = ["ready", "utterance_start", "pcm", "utterance_end", "done", "close 1000"]
        assert kinds(await client.hear()) == story


@pytest.mark.io
@pytest.mark.parametrize(
    ("message", "reason"),
    [({"type": "cancel", "context_id": "a"}, "cancelled"), (speak("Two", "b"), "preempted")],
    ids=["cancel", "preempt"],
)
async def test_what_stops_a_turn_is_its_reason(message: dict[str, object], reason: str) -> None:
    async with talking(SCRIPT.path, faults=[STALLED]) as (server, client):
        await client.say(*SCRIPT.says)
        await server.wait_for("stream_stalled")
        await client.say(message)
        *_, last = await client.hear(kind("utterance_end"))
        assert last == {"type": "utterance_end", "context_id": "a", "reason": reason}
        assert await released(server) == ("peer", "cancel")
