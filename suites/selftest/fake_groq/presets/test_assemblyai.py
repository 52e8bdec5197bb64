import pytest

from fake_groq.presets.assemblyai import Assemblyai
from suites.selftest.fake_groq.presets.scripts import SCRIPTS
from suites.selftest.fake_groq.presets.talk import (
    STALLED,
    Closed,
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

SCRIPT = SCRIPTS["assemblyai"]
FLUSH, CANCEL, TERMINATE = ({"type": name} for name in ("Flush", "Cancel", "Terminate"))


def generate(text: str) -> dict[str, object]:
    return {"type": "Generate", "text": text}


def test_text_waits_for_the_flush_and_flushes_are_numbered() -> None:
    member = opened(Assemblyai)
    found = answers(member, generate("One "), generate("two."), FLUSH, generate("3"), FLUSH)
    assert texts(found) == ["One two.", "3"]
    assert list(map(ends, found)) == [[{"type": "FlushDone", "flush_id": n}] for n in (1, 2)]
    assert wrapped(member, context="2") == {"type": "Audio", "audio": "AQA=", "flush_id": 2}


@pytest.mark.parametrize("message", ["{", b"", {}, {"type": "Generate"}, generate("x" * 2001)])
def test_every_error_closes_with_its_own_code(message: dict[str, object] | str | bytes) -> None:
    error, closed = answers(opened(Assemblyai), message)
    assert isinstance(error, dict)
    assert (error["type"], error["error_code"]) == ("Error", 3006)
    assert closed == Closed(3006, "See Error message for details")


def test_other_formats_cannot_be_had() -> None:
    assert kinds(greeting(Assemblyai, encoding="pcm_mulaw")) == ["Error", "close 3006"]


@pytest.mark.io
async def test_on_the_wire_termination_waits_for_what_is_flushed() -> None:
    async with talking(SCRIPT.path) as (_, client):
        await client.say(*SCRIPT.says, TERMINATE)
        story = ["Begin", "Audio", "FlushDone", "Termination", "close 1000"]
        assert kinds(await client.hear()) == story


@pytest.mark.io
async def test_cancel_stops_and_is_confirmed_also_where_nothing_is_spoken() -> None:
    async with talking(SCRIPT.path, faults=[STALLED]) as (server, client):
        await client.say(*SCRIPT.says)
        await server.wait_for("stream_stalled")
        await client.say(CANCEL)
        assert kinds(await client.hear(kind("Cancelled"))) == ["Begin", "Audio", "Cancelled"]
        assert await released(server) == ("peer", "cancel")
        await client.say(CANCEL)
        assert kinds(await client.hear(kind("Cancelled"))) == ["Cancelled"]


@pytest.mark.io
async def test_who_says_nothing_is_thrown_out() -> None:
    async with talking(f"{SCRIPT.path}&inactivity_timeout=0.05") as (_, client):
        assert kinds(await client.hear()) == ["Begin", "Error", "close 3008"]
