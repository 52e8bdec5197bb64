import pytest

from fake_groq.presets.smallest import Smallest
from suites.selftest.fake_groq.presets.scripts import SCRIPTS
from suites.selftest.fake_groq.presets.talk import Closed, answers, ends, opened, talking, texts

SCRIPT = SCRIPTS["smallest"]


def request(text: str, **more: object) -> dict[str, object]:
    return {"text": text, "context_id": "a", **more}


def test_what_continues_waits_for_the_last() -> None:
    more: dict[str, object] = {"continue": True}
    found = answers(opened(Smallest), request("One ", **more), request("two.", **more), request(""))
    assert texts(found) == ["One two."]
    assert ends(found[0]) == [{"request_id": "a", "status": "complete"}]


def test_a_blank_keeps_the_socket_alive() -> None:
    assert answers(opened(Smallest), {"text": " "}) == []


@pytest.mark.parametrize(
    "message", ["{", b"", {}, request("x", sample_rate=8000), request("x", output_format="mp3")]
)
def test_errors_leave_the_socket_open(message: dict[str, object] | str | bytes) -> None:
    (error,) = answers(opened(Smallest), message)
    assert isinstance(error, dict)
    assert error["status"] == "error"


@pytest.mark.io
async def test_on_the_wire_the_socket_stays_until_nothing_is_said() -> None:
    async with talking(f"{SCRIPT.path}?timeout=0.2") as (_, client):
        await client.say(*SCRIPT.says)
        *_, last = await client.hear(SCRIPT.is_last)
        assert last == {"request_id": "a", "status": "complete"}
        assert await client.hear() == [Closed(1000)]
