"""What holds for every protocol."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from fake_groq.presets.base import Opening, known_presets, preset_at
from suites.selftest.fake_groq.presets.scripts import SCRIPTS, Script
from suites.selftest.fake_groq.presets.talk import (
    STALLED,
    TEXT,
    WHOLE,
    Client,
    Closed,
    Message,
    released,
    talking,
)
from suites.selftest.fake_groq.staging import Fake, fake, runs_of

EACH = pytest.mark.parametrize("name", sorted(SCRIPTS))
GARBAGE: tuple[str | bytes, ...] = (
    "",
    "hello",
    "{",
    "[]",
    "null",
    "0",
    '{"type": []}',
    '{"type": {"a": 1}, "text": 5, "context_id": ["a"], "operation": {}}',
    '{"text": "\\ud800", "context_id": "\\udfff", "input": "\\ud800", "transcript": "\\ud800"}',
    '{"text": "a", "context_id": "a", "flush": true, "close_context": true}',
    "[" * 100_000,
    '{"a":' * 50_000,
    "x" * 200_000,
    '{"text": "%s", "type": "Speak"}' % ("y" * 200_000),
    "Path:ssml\r\n\r\n<<<&#xD800;&bogus;",
    '{"text": 1e999, "sample_rate": NaN, "type": -0}',
    "",
)
BINARY = (b"", b"\xff\xfe", bytes(4096))


def test_each_protocol_has_a_client_here() -> None:
    assert SCRIPTS.keys() == known_presets().keys()


@EACH
def test_it_is_served_at_its_makers_address_and_at_one_of_its_own(name: str) -> None:
    member = known_presets()[name]
    assert preset_at(SCRIPTS[name].path.partition("?")[0]) is member
    assert preset_at(f"/presets/{name}") is preset_at(f"/presets/{name}/v1/x") is member


@EACH
def test_it_says_where_it_is_documented(name: str) -> None:
    member = known_presets()[name]
    assert name == "plain" or member.source.startswith("https://")
    assert (member.__doc__ or "").count("\n") > 1


@EACH
def test_no_message_is_beyond_it(name: str) -> None:
    for message in (*GARBAGE, *BINARY):
        member = known_presets()[name](Opening())
        member.greet()
        assert isinstance(member.hear(message), tuple)


@pytest.fixture
def mistakes() -> Iterator[list[dict[str, Any]]]:
    """Collect what the loop's exception handler is told."""
    found: list[dict[str, Any]] = []
    yield found
    assert found == []


@pytest.mark.io
@EACH
async def test_garbage_neither_breaks_nor_silences_the_fake(
    name: str, mistakes: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _, context: mistakes.append(context))
    script = SCRIPTS[name]
    async with fake() as server:
        for garbage in (*GARBAGE, *BINARY):
            async with opened(server, script) as connection:
                await connection.send(garbage)
        assert await speech_of(server, script) == WHOLE
    assert caplog.records == []


@pytest.mark.io
@EACH
async def test_all_garbage_on_one_socket_is_answered_or_it_is_closed(name: str) -> None:
    async with talking(SCRIPTS[name].path) as (server, client):
        with suppress(ConnectionClosed):
            await client.say(*GARBAGE)
        await client.leave()
        await server.wait_for("socket_closed")
        assert await speech_of(server, SCRIPTS[name]) == WHOLE


@pytest.mark.io
@EACH
async def test_the_whole_speech_is_heard_and_then_its_end(name: str) -> None:
    script = SCRIPTS[name]
    async with talking(script.path) as (server, client):
        await client.say(*script.says)
        heard = await client.hear(script.is_last)
        assert runs_of(script.audio(heard)) == WHOLE
        released = await server.wait_for("stream_released")
        assert released["data"]["by"] == "own"
        opened_ = await server.wait_for("stream_opened")
        assert opened_["data"]["preset"] == name


@pytest.mark.io
@EACH
async def test_who_leaves_in_the_middle_has_ended_it(name: str) -> None:
    script = SCRIPTS[name]
    async with talking(script.path, faults=[STALLED]) as (server, client):
        await client.say(*script.says)
        await server.wait_for("stream_stalled")
        await client.leave()
        assert await released(server) == ("peer", "close 1000")


@pytest.mark.io
@EACH
async def test_a_missing_marker_is_missed(name: str) -> None:
    script = SCRIPTS[name]
    fault = {"name": "missing_marker", "stall_ms": 50}
    async with talking(script.path, faults=[fault]) as (server, client):
        await client.say(*script.says)
        heard = await client.hear()
        assert runs_of(script.audio(heard)) == WHOLE
        assert heard[-1] == Closed(1006)
        opened_ = await server.wait_for("stream_opened")
        assert opened_["data"]["fault"] == "missing_marker"
        assert not server.events("stream_ended")


@pytest.mark.io
@EACH
async def test_a_marker_comes_twice(name: str) -> None:
    script = SCRIPTS[name]
    if not script.has_marker or name == "elevenlabs_multi":  # the end of a context is no speech's
        return
    async with talking(script.path) as (_, client):
        await client.say(*script.says)
        usual = await client.hear(script.is_last)
    async with talking(script.path, faults=["marker_twice"]) as (server, client):
        await client.say(*script.says)
        twice = await client.hear(script.is_last)
        if not isinstance(twice[-1], Closed):
            twice += await client.hear(script.is_last)
        assert script.audio(twice) == script.audio(usual)
        assert len(twice) > len(usual)
        assert [event["data"].get("again") for event in server.events("stream_ended")] == [
            None,
            True,
        ]


@pytest.mark.io
@EACH
async def test_a_refused_speech_is_told(name: str) -> None:
    script = SCRIPTS[name]
    behaviour = {"faults": [{"name": "error_status", "status": 503}]}
    async with talking(script.path) as (server, client):
        rule = {"match": {"text": TEXT[:9]}, "behaviour": behaviour}
        server.running.service.rulebook.update({"rules": [rule]})
        await client.say(*script.says)
        *_, last = await client.hear(is_failure)
        assert is_failure(last)
        assert (await server.wait_for("stream_refused", status=503))["data"]["socket"] == 1


def is_failure(message: Message) -> bool:
    """Tell whether a message, or the close, says that something failed."""
    if isinstance(message, Closed):
        return message.code != 1000
    return "Service Unavailable" in str(message)


def opened(server: Fake, script: Script) -> connect:
    return connect(f"ws://{server.running.address}{script.path}", max_size=None)


async def speech_of(server: Fake, script: Script) -> list[tuple[int, int, int]]:
    """Return what a new client hears."""
    async with opened(server, script) as connection:
        client = Client(connection)
        await client.say(*script.says)
        return runs_of(script.audio(await client.hear(script.is_last)))
