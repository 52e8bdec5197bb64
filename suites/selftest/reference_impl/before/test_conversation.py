"""The stories of the counter-example: each is a symptom, brought about by time alone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from websockets.asyncio.client import connect

from reference_impl.before.application import CONVERSATIONS, application
from reference_impl.before.conversation import Conversation
from suites.selftest.reference_impl.staging import (
    PCM,
    Client,
    FakeUpstream,
    Script,
    UpstreamConnection,
    leave,
    nothing,
    real_time,
    some_then_silence,
    whole,
)

pytestmark = pytest.mark.io
SILENCE_MS = 120


class Stage:
    """One client of the relay, and what the relay keeps."""

    def __init__(self, client: Client, upstream: FakeUpstream, app: web.Application) -> None:
        self.client = client
        self.upstream = upstream
        self._app = app

    @property
    def conversation(self) -> Conversation:
        (only,) = self._app[CONVERSATIONS]
        return only


@asynccontextmanager
async def a_stage(script: Script, *, silence_ms: int = SILENCE_MS) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        upstream = await stack.enter_async_context(FakeUpstream(script))
        app = application(f"ws://127.0.0.1:{upstream.port}/", silence_ms=silence_ms)
        server = await stack.enter_async_context(TestServer(app))
        url = f"ws://127.0.0.1:{server.port}/v1/session"
        socket = await stack.enter_async_context(connect(url, close_timeout=1, proxy=None))
        yield Stage(Client(socket), upstream, app)


async def whole_then_nothing(upstream: UpstreamConnection) -> None:
    """The first request is answered and the socket kept; the second is taken and not answered."""
    if upstream.number == 1:
        await upstream.audio(PCM)


async def test_a_patient_user_hears_one_message_after_the_other() -> None:
    async with a_stage(whole) as stage:
        for name in ("m1", "m2"):
            await stage.client.speak(name)
            assert await stage.client.until("stream.end") == ("stream.end", name, "completed")
        assert stage.client.pcm == 10 * PCM


async def test_the_silence_of_one_message_ends_the_next_which_then_stays_silent() -> None:
    async with a_stage(whole_then_nothing) as stage:
        await stage.client.speak("m1")
        await stage.client.until("audio")
        await stage.client.speak("m2")
        assert await stage.client.until("stream.end", "m2") == ("stream.end", "m2", "completed")
        await stage.upstream.log.wait_for("request 2")
        await stage.upstream.connections[1].audio(PCM)
        await stage.client.assert_quiet()


async def test_a_stop_after_the_last_audio_is_never_answered() -> None:
    async with a_stage(some_then_silence) as stage:
        await stage.client.speak("m1")
        await stage.client.until("audio")
        await stage.client.say(type="stop")
        await stage.client.assert_quiet()  # its PONG says that STOP was read
        await stage.client.speak("m2")
        await stage.client.until("stream.end")  # a whole silence later
        ends = [entry for entry in stage.client.signals if entry[0] == "stream.end"]
        assert ends == [("stream.end", "m2", "completed")]


async def test_a_stop_in_mid_stream_waits_for_the_next_audio_and_the_provider_speaks_on() -> None:
    async with a_stage(real_time, silence_ms=1000) as stage:
        await stage.client.speak("m1")
        await stage.client.until("audio")
        await stage.client.say(type="stop")
        assert await stage.client.until("stream.end") == ("stream.end", "m1", "stopped")
        assert "gone 1" not in stage.upstream.log.words


async def test_the_rest_of_a_superseded_message_is_heard_inside_the_next() -> None:
    async with a_stage(real_time, silence_ms=1000) as stage:
        await stage.client.speak("m1")
        await stage.client.until("audio")
        stage.upstream.script = nothing
        await stage.client.speak("m2")
        assert await stage.client.until("stream.end") == ("stream.end", "m1", "superseded")
        await stage.client.until("stream.start", "m2")
        await stage.client.until("audio")


async def test_sockets_listeners_and_tasks_pile_up_even_when_the_client_has_left() -> None:
    async with a_stage(some_then_silence) as stage:
        for name in ("m1", "m2", "m3"):
            await stage.client.speak(name)
            await stage.client.until("stream.end", name)
        leave(stage.client, "close")
        await stage.client.socket.wait_closed()
        kept = stage.conversation
        assert (len(kept.sockets), len(kept.listeners)) == (3, 3)
        assert not any(socket.closed for socket in kept.sockets)
        assert not any(word.startswith("gone") for word in stage.upstream.log.words)
        assert len(kept.tasks) >= 3
