import pytest

from fake_groq.presets.base import Cancel
from fake_groq.presets.cartesia import Cartesia
from suites.selftest.fake_groq.presets.talk import (
    STALLED,
    TEXT,
    answers,
    ends,
    is_whole,
    kind,
    kinds,
    opened,
    released,
    talking,
    texts,
    wrapped,
)

FORMAT = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24000}


MORE: dict[str, object] = {"continue": True}


def request(transcript: str, **more: object) -> dict[str, object]:
    return {
        "model_id": "sonic-3",
        "voice": {"mode": "id", "id": "x"},
        "transcript": transcript,
        "context_id": "a",
        "output_format": FORMAT,
        **more,
    }


def test_what_continues_waits_for_the_last() -> None:
    member = opened(Cartesia)
    found = answers(member, request("One ", **MORE), request("two.", **MORE), request(""))
    assert texts(found) == ["One two."]
    assert ends(found[0]) == [{"type": "done", "done": True, "status_code": 200, "context_id": "a"}]


def test_flushes_are_counted() -> None:
    more = {**MORE, "flush": True}
    member = opened(Cartesia)
    found = answers(member, request("One", **more), request("two", **more), request(""))
    assert texts(found) == ["One", "two"]
    (first,), (second,) = map(ends, found[:2])
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert (first["type"], first["flush_id"], second["flush_id"]) == ("flush_done", 1, 2)
    assert kinds(found[2:]) == ["done"]


def test_a_cancel_forgets_what_waits() -> None:
    member = opened(Cartesia)
    cancel = {"context_id": "a", "cancel": True}
    found = answers(member, request("One ", **MORE), cancel, request("Two"))
    assert found[0] == Cancel(context="a")
    assert texts(found) == ["Two"]


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("[]", "invalid JSON"),
        ({"transcript": "One"}, "context_id is required"),
        ({"context_id": "a"}, "transcript is required"),
        (request(" "), "transcript is empty"),
        (
            request("One", output_format={**FORMAT, "sample_rate": 8000}),
            "sample_rate must be 24000",
        ),
        (request("One", output_format={**FORMAT, "container": "wav"}), "container must be raw"),
    ],
)
def test_errors_leave_the_socket_open(message: dict[str, object] | str, sentence: str) -> None:
    (error,) = answers(opened(Cartesia), message)
    assert isinstance(error, dict)
    assert sentence in error["message"]
    assert (error["type"], error["status_code"], error["done"]) == ("error", 400, True)


def test_a_chunk_says_whose_it_is() -> None:
    chunk = wrapped(opened(Cartesia), context="a")
    assert isinstance(chunk, dict)
    assert (chunk["type"], chunk["data"], chunk["context_id"]) == ("chunk", "AQA=", "a")


@pytest.mark.io
async def test_on_the_wire_the_socket_stays_for_the_next() -> None:
    async with talking("/tts/websocket") as (server, client):
        for attempt in range(2):
            await client.say(request(TEXT))
            heard = await client.hear(kind("done"))
            assert kinds(heard) == ["chunk", "done"]
            assert is_whole(heard, "data") is (attempt == 0)
        assert {e["data"]["by"] for e in server.events("stream_released")} == {"own"}


@pytest.mark.io
async def test_a_cancel_stops_and_is_followed_by_nothing() -> None:
    async with talking("/tts/websocket", faults=[STALLED]) as (server, client):
        await client.say(request(TEXT))
        await client.hear(kind("chunk"))
        await client.say({"context_id": "a", "cancel": True})
        assert await released(server) == ("peer", "cancel")
        await client.say({})
        assert "error" in kinds(await client.hear(kind("error")))
