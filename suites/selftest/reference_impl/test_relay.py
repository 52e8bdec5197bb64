"""The session on real sockets: what the client gets, and what the upstream sees of the release."""

import asyncio
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pytest

from reference_impl.framing import Chunker
from reference_impl.relay import Session
from reference_impl.vocabulary import Stop
from suites.selftest.reference_impl.staging import (
    DEADLINE_S,
    PCM,
    Script,
    UpstreamConnection,
    a_stage,
    leave,
    nothing,
    real_time,
    some_then_silence,
    whole,
)

pytestmark = pytest.mark.io


async def test_a_message_plays_in_full_and_gives_everything_back(tmp_path: Path) -> None:
    async with a_stage(whole, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1", "The text.")
        end = await client.until("stream.end")
        assert end == ("stream.end", "m1", "completed")
        assert client.got[0] == ("stream.start", "m1", "pcm_s16le")
        assert client.pcm == PCM * 5
        await stage.upstream.log.wait_for("gone 1")
        asked = stage.upstream.connections[0].request
        assert (asked["input"], asked["voice"]) == ("The text.", "fahad")
        await client.assert_quiet()
        held = await stage.resources()
        assert (held["upstream_sockets"], held["upstream_streams"]) == (0, 0)
        assert (held["buffered_bytes"], held["listeners"]) == (0, 0)


async def test_messages_follow_each_other_without_growth(tmp_path: Path) -> None:
    async with a_stage(whole, tmp_path) as stage:
        client = await stage.client()
        tasks = []
        for number in range(20):
            await client.speak(f"m{number}")
            await client.until("stream.end", f"m{number}")
            await stage.upstream.log.wait_for(f"gone {number + 1}")
            tasks.append((await stage.resources())["tasks"])
        assert len(client.signals) == 40
        assert client.pcm == PCM * 5 * 20
        assert max(tasks[1:]) <= tasks[1] + 1  # the fake's own tasks are in the count


async def test_stop_ends_the_message_releases_the_upstream_and_precedes_the_pong(
    tmp_path: Path,
) -> None:
    async with a_stage(real_time, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1")
        await client.until("audio")
        await client.say(type="stop")
        fence = await client.socket.ping()
        stopped_at = asyncio.get_running_loop().time()
        assert await client.until("stream.end") == ("stream.end", "m1", "stopped")
        await fence
        assert await stage.upstream.log.wait_for("close frame 1") - stopped_at < 0.1
        assert await stage.upstream.log.wait_for("gone 1") - stopped_at < 1.0
        await client.assert_quiet()


async def test_stop_before_the_first_audio(tmp_path: Path) -> None:
    async with a_stage(nothing, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1")
        await stage.upstream.log.wait_for("request 1")
        await client.say(type="stop", message_id="m1")
        assert await client.until("stream.end") == ("stream.end", "m1", "stopped")
        await stage.upstream.log.wait_for("close frame 1")


async def test_stop_is_answered_only_where_a_message_is_open(tmp_path: Path) -> None:
    async with a_stage(real_time, tmp_path) as stage:
        client = await stage.client()
        await client.say(type="stop")
        await client.speak("m1")
        await client.until("audio")
        await client.say(type="stop", message_id="another")
        await client.until("audio")
        await client.say(type="stop")
        await client.say(type="stop")
        await client.until("stream.end")
        await client.assert_quiet()
        assert [kind for kind, *_ in client.signals] == ["stream.start", "stream.end"]


async def test_a_new_message_supersedes_the_running_one_in_order(tmp_path: Path) -> None:
    async with a_stage(real_time, tmp_path) as stage:
        client, log = await stage.client(), stage.upstream.log
        for number in range(1, 8):
            await client.speak(f"m{number}")
            if number % 2:
                await client.until("stream.start", f"m{number}")
                await client.until("audio")
        await client.say(type="stop")
        await client.until("stream.end", "m7")
        await log.wait_for("gone 1")
    expected = []
    for number in range(1, 8):
        reason = "stopped" if number == 7 else "superseded"
        expected += [("stream.start", f"m{number}", "pcm_s16le")]
        expected += [("stream.end", f"m{number}", reason)]
    assert client.signals == expected
    live = 0
    for word in log.words:  # never two upstream streams at once
        live += word.startswith("request") - word.startswith("close frame")
        assert live <= 1


async def test_a_repeated_message_id_makes_no_stream(tmp_path: Path) -> None:
    async with a_stage(real_time, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1")
        await client.until("audio")
        await client.speak("m1")
        assert await client.until("error") == ("error", "m1", "duplicate_message_id")
        await client.until("audio")
        await client.say(type="stop")
        await client.until("stream.end")
        await client.speak("m1")
        await client.until("error")
        assert len(stage.upstream.connections) == 1


@pytest.mark.parametrize("script", [nothing, some_then_silence])
async def test_a_silent_upstream_is_released_when_its_budget_is_spent(
    tmp_path: Path, script: Script
) -> None:
    options = ("--completion-idle-ms=150", "--first-byte-ms=100")
    async with a_stage(script, tmp_path, *options) as stage:
        client = await stage.client()
        await client.speak("m1")
        opened_at = await stage.upstream.log.wait_for("request 1")
        assert await client.until("stream.end") == ("stream.end", "m1", "timeout")
        took_s = asyncio.get_running_loop().time() - opened_at
        assert 0.09 < took_s < 0.6
        assert await stage.upstream.log.wait_for("close frame 1") - opened_at < 0.6
        assert len(client.pcm) in (0, len(PCM))


async def test_a_success_without_sound_is_reported(tmp_path: Path) -> None:
    async def zeros(upstream: UpstreamConnection) -> None:
        await upstream.audio(bytes(3840))
        upstream.text("__END__")

    async with a_stage(zeros, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1")
        await client.until("stream.end")
        assert client.signals[1:] == [
            ("error", "m1", "upstream_silent"),
            ("stream.end", "m1", "completed"),
        ]


@pytest.mark.parametrize("phase", ["connecting", "requested", "streaming"])
@pytest.mark.parametrize("how", ["close", "fin", "rst"])
async def test_the_upstream_is_released_at_once_when_the_client_leaves(
    tmp_path: Path, phase: str, how: str
) -> None:
    script = real_time if phase == "streaming" else nothing
    async with a_stage(script, tmp_path, status=0 if phase == "connecting" else 101) as stage:
        client, log = await stage.client(), stage.upstream.log
        await client.speak("m1")
        await log.wait_for("open 1" if phase == "connecting" else "request 1")
        await client.until("audio" if phase == "streaming" else "stream.start")
        left_at = asyncio.get_running_loop().time()
        leave(client, how)
        assert await log.wait_for("gone 1") - left_at < 1.0
        if phase != "connecting":
            assert log.at("close frame 1") - left_at < 0.2
        async with asyncio.timeout(DEADLINE_S):
            while stage.relay.sessions.find("a") is not None:
                await asyncio.sleep(0.005)
        assert stage.cleanups()[-1] == ("m1", "client_left", 1, True)


async def test_sessions_are_alone_with_their_messages(tmp_path: Path) -> None:
    async def own_words(upstream: UpstreamConnection) -> None:
        await upstream.audio(upstream.request["input"].encode() * 100)
        upstream.text("__END__")

    async with a_stage(own_words, tmp_path) as stage:
        clients = [await stage.client(f"s{number}") for number in range(8)]
        for number, client in enumerate(clients):
            await client.speak("m1", f"w{number}")
        for number, client in enumerate(clients):
            await client.until("stream.end")
            assert client.pcm == f"w{number}".encode() * 100


async def test_text_may_be_spoken_sentence_by_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "segments", lambda _, text: tuple(text.split("|")))
    async with a_stage(whole, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1", "one|two|three")
        await client.until("stream.end")
        asked = [connection.request["input"] for connection in stage.upstream.connections]
        assert asked == ["one", "two", "three"]
        assert client.pcm == PCM * 15
        assert len(client.signals) == 2


async def test_a_stop_may_be_obeyed_later_while_the_client_is_still_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def take_stop(self: Session, stop: Stop) -> None:
        named = Stop(message_id=stop.message_id or self._stream.current)

        async def obey_later() -> None:
            await asyncio.sleep(0.05)
            await self.post(named)

        self._tasks.create_task(obey_later())

    monkeypatch.setattr(Session, "take_stop", take_stop)
    async with a_stage(real_time, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1")
        await client.until("audio")
        stopped_at = asyncio.get_running_loop().time()
        await client.say(type="stop")
        await (await client.socket.ping())
        fence_s = asyncio.get_running_loop().time() - stopped_at
        assert await client.until("stream.end") == ("stream.end", "m1", "stopped")
        assert fence_s < 0.05 <= asyncio.get_running_loop().time() - stopped_at


async def test_a_chunker_may_hold_audio_back_until_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class HoldsAll(Chunker):
        def __init__(self) -> None:
            self._held = b""

        def feed(self, pcm: bytes) -> Iterable[bytes]:
            self._held += pcm
            return ()

        def flush(self) -> Iterable[bytes]:
            return (self._held,)

    monkeypatch.setattr(Session, "new_chunker", lambda _: HoldsAll())
    async with a_stage(whole, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1")
        await client.until("stream.end")
        assert [entry[0] for entry in client.got] == ["stream.start", "audio", "stream.end"]
        assert client.pcm == PCM * 5


async def test_commands_in_one_burst_are_obeyed_in_order(tmp_path: Path) -> None:
    async with a_stage(whole, tmp_path) as stage:
        client = await stage.client()
        for number in range(300):
            await client.speak(f"m{number}")
            await client.say(type="stop")
        await client.until("stream.end", "m299")
        ends = [entry for entry in client.signals if entry[0] == "stream.end"]
        assert [message for _, message, _ in ends] == [f"m{number}" for number in range(300)]
        assert all(kind == "stream.start" for kind, *_ in islice(client.signals, 0, None, 2))
