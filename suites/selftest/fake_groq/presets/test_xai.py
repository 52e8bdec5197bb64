import pytest

from fake_groq.presets.xai import Xai
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

SCRIPT = SCRIPTS["xai"]
DONE, CLEAR = {"type": "text.done"}, {"type": "text.clear"}


def delta(text: str) -> dict[str, object]:
    return {"type": "text.delta", "delta": text}


def test_deltas_wait_for_the_last() -> None:
    found = answers(opened(Xai), delta("One "), delta("two."), DONE)
    assert texts(found) == ["One two."]
    assert ends(found[0]) == [{"type": "audio.done"}]


def test_nothing_to_speak_is_done_at_once() -> None:
    assert kinds(answers(opened(Xai), DONE)) == ["audio.done"]


@pytest.mark.parametrize("message", ["{", b"", {}, delta("x" * 10_001)])
def test_errors_leave_the_socket_open(message: dict[str, object] | str | bytes) -> None:
    assert kinds(answers(opened(Xai), message)) == ["error"]


@pytest.mark.parametrize("query", [{}, {"codec": "pcm", "sample_rate": "8000"}])
def test_other_formats_cannot_be_had(query: dict[str, str]) -> None:
    assert kinds(greeting(Xai, **query)) == ["error"]


@pytest.mark.io
async def test_on_the_wire_the_socket_stays() -> None:
    async with talking(SCRIPT.path) as (_, client):
        for _ in range(2):
            await client.say(*SCRIPT.says)
            assert kinds(await client.hear(SCRIPT.is_last)) == ["audio.delta", "audio.done"]


@pytest.mark.io
async def test_clear_stops_and_is_confirmed() -> None:
    async with talking(SCRIPT.path, faults=[STALLED]) as (server, client):
        await client.say(*SCRIPT.says)
        await server.wait_for("stream_stalled")
        await client.say(CLEAR)
        assert kinds(await client.hear(kind("audio.clear"))) == ["audio.delta", "audio.clear"]
        assert await released(server) == ("peer", "cancel")
