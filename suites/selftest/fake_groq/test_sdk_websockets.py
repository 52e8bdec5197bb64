"""The makers' own SDKs, pointed at the fake, hear the whole speech and end by themselves."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from cartesia import AsyncCartesia
from deepgram import AsyncDeepgramClient, DeepgramClientEnvironment
from deepgram.speak.v1.types import SpeakV1Flushed, SpeakV1Metadata, SpeakV1Text
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError
from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from openai.types.realtime import ResponseAudioDeltaEvent, ResponseDoneEvent

from suites.selftest.fake_groq.presets.talk import STALLED, TEXT, WHOLE
from suites.selftest.fake_groq.staging import DEADLINE_S, Fake, fake, runs_of

pytestmark = [
    pytest.mark.io,
    # What ElevenLabs' and Deepgram's SDKs use of websockets.
    pytest.mark.filterwarnings(r"ignore:(websockets|ConnectionClosed)\.[\w.]+ is deprecated"),
]

FORMAT = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24000}


def words() -> Iterator[str]:
    """Yield the text in pieces, as a language model does."""
    head, *rest = TEXT.split(" ")
    yield head
    yield from (f" {word}" for word in rest)


async def in_thread(spoken: Callable[[], bytes]) -> bytes:
    """Return what a client without a loop hears."""
    async with asyncio.timeout(DEADLINE_S):
        return await asyncio.to_thread(spoken)


def elevenlabs_speech(server: Fake, **options: str) -> Callable[[], bytes]:
    client = ElevenLabs(api_key="none", base_url=server.base)
    speech: Any = client.text_to_speech
    speech._ws_base_url = server.base  # it would insist on TLS
    return lambda: b"".join(speech.convert_realtime("alice", text=words(), **options))


async def test_elevenlabs_hears_it_all_and_stops_at_the_close() -> None:
    async with fake() as server:
        spoken = elevenlabs_speech(server, output_format="pcm_24000")
        assert runs_of(await in_thread(spoken)) == WHOLE
        released = await server.wait_for("stream_released")
        assert released["data"]["by"] == "own"


async def test_elevenlabs_is_told_that_mp3_cannot_be_had() -> None:
    async with fake() as server:
        with pytest.raises(ApiError) as caught:
            await in_thread(elevenlabs_speech(server))
        assert caught.value.status_code == 1008


async def test_cartesia_hears_it_all_and_stops_at_done() -> None:
    async with fake() as server, asyncio.timeout(DEADLINE_S):
        client = AsyncCartesia(api_key="none", websocket_base_url=f"ws://{server.running.address}")
        async with client, client.tts.websocket_connect() as connection:
            context = connection.context(model_id="sonic-3", voice="x", output_format=FORMAT)
            for word in words():
                await context.push(word)
            await context.no_more_inputs()
            responses = [response async for response in context.receive()]
            assert {response.type for response in responses} == {"chunk", "done"}
            chunks = [r.audio or b"" for r in responses if r.type == "chunk"]
            assert runs_of(b"".join(chunks)) == WHOLE


def a_deepgram(server: Fake) -> AsyncDeepgramClient:
    url = f"ws://{server.running.address}"
    environment = DeepgramClientEnvironment(
        base=server.base, production=url, agent=url, agent_rest=server.base
    )
    return AsyncDeepgramClient(api_key="none", environment=environment)


async def test_deepgram_hears_it_all_and_stops_at_flushed() -> None:
    async with fake() as server, asyncio.timeout(DEADLINE_S):
        speak = a_deepgram(server).speak.v1
        async with speak.connect(model="aura-2-thalia-en", encoding="linear16") as connection:
            assert isinstance(await connection.recv(), SpeakV1Metadata)
            for word in words():
                await connection.send_text(SpeakV1Text(text=word))
            await connection.send_flush()
            pcm = b""
            while isinstance(message := await connection.recv(), bytes):
                pcm += message
            assert isinstance(message, SpeakV1Flushed)
            assert runs_of(pcm) == WHOLE
            await connection.send_close()
            assert [left async for left in connection] == []


async def test_deepgram_clears() -> None:
    async with fake(faults=[STALLED]) as server, asyncio.timeout(DEADLINE_S):
        async with a_deepgram(server).speak.v1.connect() as connection:
            await connection.send_text(SpeakV1Text(text=TEXT))
            await connection.send_flush()
            await server.wait_for("stream_stalled")
            await connection.send_clear()
            async for message in connection:
                if getattr(message, "type", "") == "Cleared":  # the SDK takes it for a Flushed
                    break
        released = await server.wait_for("stream_released")
        assert (released["data"]["by"], released["data"]["how"]) == ("peer", "cancel")


@asynccontextmanager
async def realtime(server: Fake) -> AsyncIterator[AsyncRealtimeConnection]:
    url = f"ws://{server.running.address}/v1"
    client = AsyncOpenAI(api_key="none", websocket_base_url=url)
    async with client, client.realtime.connect(model="gpt-realtime") as connection:
        yield connection


async def test_openai_realtime_hears_it_all_and_stops_at_done() -> None:
    async with fake() as server, realtime(server) as connection, asyncio.timeout(DEADLINE_S):
        assert (await connection.recv()).type == "session.created"
        await connection.response.create(response={"instructions": TEXT})
        pcm, status = await response_of(connection)
        assert (runs_of(pcm), status) == (WHOLE, "completed")


async def test_openai_realtime_cancels() -> None:
    async with fake(faults=[STALLED]) as server, realtime(server) as connection:
        await connection.response.create(response={"instructions": TEXT})
        await server.wait_for("stream_stalled")
        await connection.response.cancel()
        async with asyncio.timeout(DEADLINE_S):
            _, status = await response_of(connection)
        assert status == "cancelled"


async def response_of(connection: AsyncRealtimeConnection) -> tuple[bytes, str | None]:
    """Return the audio of a response, and the status at its end."""
    pcm = b""
    async for event in connection:
        if isinstance(event, ResponseAudioDeltaEvent):
            pcm += base64.b64decode(event.delta)
        elif isinstance(event, ResponseDoneEvent):
            return pcm, event.response.status
    raise AssertionError("it was closed before the response was done")
