"""What happens on a WebSocket at awkward moments, whatever the protocol."""

import asyncio
import json

import pytest
from websockets.asyncio.client import connect

from suites.selftest.fake_groq.staging import DEADLINE_S, fake, heard, text_of

pytestmark = pytest.mark.io


@pytest.mark.parametrize("after", ["close", "stay"])
async def test_a_refusal_does_not_wait_for_what_was_asked_behind_it(after: str) -> None:
    refused = {"name": "error_status", "status": 500}
    rule = {"match": {"session": 1}, "behaviour": {"faults": [refused]}}
    async with fake(after_marker=after) as server, connect(server.url) as client:
        server.running.service.rulebook.update({"rules": [rule]})
        for session in (1, 2, 3):
            await client.send(json.dumps({"input": text_of(session, 1)}))
        pcm, texts, end = await heard(client)
        assert (pcm, end) == (b"", "close 1011")
        assert json.loads(texts[0])["error"]["type"] == "internal_server_error"
        assert server.events("stream_opened") == []


async def test_a_word_that_crosses_our_close_does_not_keep_the_connection() -> None:
    async with fake(faults=[{"name": "close_with_error", "after_ms": 80}]) as server:
        peer = await server.upgraded(path="/v1/speak?encoding=linear16&sample_rate=24000")
        peer.say({"type": "Speak", "text": text_of(1, 1)})
        peer.say({"type": "Flush"})
        await server.wait_for("stream_failed")  # the close frame is on its way
        peer.say({"type": "Clear"})
        peer.leave("close")
        begun = asyncio.get_running_loop().time()
        await server.wait_for("socket_closed")
        # A reader that slept would be ended by the timer of the wire, after ten seconds.
        assert asyncio.get_running_loop().time() - begun < DEADLINE_S / 4


async def test_too_many_that_wait_are_told_why_and_noted() -> None:
    async with fake(first_audio_ms=60_000) as server, connect(server.url) as client:
        for number in range(1, 70):
            await client.send(json.dumps({"input": text_of(1, number)}))
        await heard(client)
        assert client.close_code == 1008
        assert "wait" in (client.close_reason or "")
        await server.wait_for("stream_refused", code="more than 64 speeches wait")
