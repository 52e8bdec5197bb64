import pytest

from fake_groq.presets.inworld import Inworld
from suites.selftest.fake_groq.presets.scripts import INWORLD_FORMAT, SCRIPTS
from suites.selftest.fake_groq.presets.talk import (
    STALLED,
    Message,
    answers,
    ends,
    opened,
    released,
    talking,
    texts,
)

SCRIPT = SCRIPTS["inworld"]


def said(**words: object) -> dict[str, object]:
    return {**words, "contextId": "a"}


CREATE = said(create={"audioConfig": INWORLD_FORMAT})
FLUSH, CLOSE, CANCEL = (said(**{f"{word}_context": {}}) for word in ("flush", "close", "cancel"))


def result_of(message: object) -> dict[str, object]:
    assert isinstance(message, dict)
    found = message["result"]
    assert isinstance(found, dict)
    return found


def test_a_flush_and_a_close_have_ends_of_their_own() -> None:
    send = said(send_text={"text": "One. "})
    created, first, second = answers(opened(Inworld), CREATE, send, FLUSH, send, CLOSE)
    assert "contextCreated" in result_of(created)
    assert texts([first, second]) == ["One.", "One."]
    assert "flushCompleted" in result_of(ends(first)[0])
    assert "contextClosed" in result_of(ends(second)[0])


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", 3),
        (b"", 3),
        ({"send_text": {"text": "One."}}, 5),
        (said(create={}), 3),
        (said(create={"audioConfig": {**INWORLD_FORMAT, "sampleRateHertz": 8000}}), 3),
    ],
)
def test_errors_are_a_status(message: dict[str, object] | str | bytes, code: int) -> None:
    (error,) = answers(opened(Inworld), message)
    status = result_of(error)["status"]
    assert isinstance(status, dict)
    assert status["code"] == code


@pytest.mark.io
async def test_on_the_wire_a_cancel_stops_and_closes_the_context() -> None:
    def is_closed(message: Message) -> bool:
        return "contextClosed" in str(message)

    async with talking(SCRIPT.path, faults=[STALLED]) as (server, client):
        await client.say(CREATE, *SCRIPT.says[1:2], FLUSH)
        await server.wait_for("stream_stalled")
        await client.say(CANCEL)
        assert "flushCompleted" not in str(await client.hear(is_closed))
        assert await released(server) == ("peer", "cancel")
