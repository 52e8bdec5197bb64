"""The client's connection: bad input, and clients that do not read."""

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.frames import Frame, Opcode

from reference_impl.downstream import AUDIO_BYTES_MAX, FRAMES_MAX, ClientSocket, Downstream
from reference_impl.framing import FRAME_BYTES_MAX
from reference_impl.ownership import Census
from reference_impl.vocabulary import EndReason
from suites.selftest.reference_impl.staging import (
    DEADLINE_S,
    PCM,
    Client,
    Stage,
    a_stage,
    as_fast_as_possible,
    leave,
    real_time,
    whole,
)

pytestmark = pytest.mark.io


async def read_nothing(stage: Stage, client: Client) -> None:
    """Let the client speak and read no more; return when the upstream is blocked."""
    await client.speak("m1")
    await client.until("audio")
    client.socket.transport.pause_reading()
    connection = stage.upstream.connections[0]
    sent, before = connection.sent_bytes, -1
    while sent != before:
        await asyncio.sleep(0.1)
        before, sent = sent, connection.sent_bytes


def buffered_bytes(stage: Stage) -> int:
    session = stage.relay.sessions.find("a")
    assert session is not None
    return session.client.buffered_bytes


async def test_a_client_that_reads_nothing_blocks_the_upstream_but_not_the_stop(
    tmp_path: Path,
) -> None:
    async with a_stage(as_fast_as_possible, tmp_path) as stage:
        client, log = await stage.client(), stage.upstream.log
        await read_nothing(stage, client)
        assert 0 < buffered_bytes(stage) <= AUDIO_BYTES_MAX + FRAME_BYTES_MAX
        assert stage.upstream.connections[0].sent_bytes < 16 * 1024 * 1024
        stopped_at = asyncio.get_running_loop().time()
        await client.say(type="stop")
        assert await log.wait_for("close frame 1") - stopped_at < 0.2
        assert await log.wait_for("gone 1") - stopped_at < 1.0
        assert buffered_bytes(stage) <= len(PCM)  # the frame that is being written
        client.socket.transport.resume_reading()
        assert await client.until("stream.end") == ("stream.end", "m1", "stopped")
        await client.assert_quiet()


@pytest.mark.parametrize("how", ["close", "rst"])
async def test_a_client_that_reads_nothing_may_leave(tmp_path: Path, how: str) -> None:
    async with a_stage(as_fast_as_possible, tmp_path) as stage:
        client = await stage.client()
        await read_nothing(stage, client)
        left_at = asyncio.get_running_loop().time()
        leave(client, how)
        assert await stage.upstream.log.wait_for("gone 1") - left_at < 1.0


async def test_a_client_that_reads_nothing_for_too_long_is_let_go(tmp_path: Path) -> None:
    async with a_stage(as_fast_as_possible, tmp_path, "--client-stall-ms=300") as stage:
        client = await stage.client()
        await read_nothing(stage, client)
        await stage.upstream.log.wait_for("gone 1")
        async with asyncio.timeout(DEADLINE_S):
            while (await stage.resources())["client_sockets"]:
                await asyncio.sleep(0.02)
        assert stage.cleanups()[-1] == ("m1", "client_stalled", 1, True)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (Frame(Opcode.TEXT, b"\xff"), 1007),
        (Frame(Opcode.CONT, b"x"), 1002),
        (Frame(Opcode.TEXT, b"x" * 70_000), 1009),
    ],
    ids=["not utf-8", "no message to continue", "too long"],
)
async def test_a_broken_frame_ends_the_message_before_the_connection(
    tmp_path: Path, frame: Frame, code: int
) -> None:
    async with a_stage(real_time, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1")
        await client.until("audio")
        client.socket.transport.write(frame.serialize(mask=True))
        assert await client.until("stream.end") == ("stream.end", "m1", "cleanup")
        await client.socket.wait_closed()
        assert client.socket.close_code == code
        await stage.upstream.log.wait_for("gone 1")


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("no json", "invalid_json"),
        ("[" * 50_000, "invalid_json"),
        ("17", "invalid_json"),
        ('{"type":"sing"}', "unknown_type"),
        ('{"type":"speak","text":"a"}', "invalid_message_id"),
        ('{"type":"speak","message_id":7,"text":"a"}', "invalid_message_id"),
        ('{"type":"speak","message_id":"m1","text":" "}', "invalid_text"),
        ('{"type":"speak","message_id":"m1","text":"a","voice":1}', "invalid_voice"),
        (b"\0\0", "unexpected_binary"),
    ],
    ids=range(9),
)
async def test_invalid_input_is_told_and_the_session_lives(
    tmp_path: Path, frame: str | bytes, code: str
) -> None:
    async with a_stage(whole, tmp_path) as stage:
        client = await stage.client()
        await client.socket.send(frame)
        assert (await client.until("error"))[2] == code
        await client.speak("m1")
        assert (await client.until("stream.end"))[2] == "completed"


async def test_a_client_that_asks_and_does_not_read_is_let_go(tmp_path: Path) -> None:
    async with a_stage(as_fast_as_possible, tmp_path) as stage:
        client = await stage.client()
        await read_nothing(stage, client)
        for _ in range(FRAMES_MAX + 1):
            await client.say(type="sing")
        await stage.upstream.log.wait_for("gone 1")
        assert stage.cleanups()[-1] == ("m1", "client_stalled", 1, True)


class Recorder(ClientSocket):
    """A client's socket that keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    async def send_str(self, data: str, compress: int | None = None) -> None:
        self.written.append(json.loads(data)["type"])

    async def send_bytes(self, data: bytes, compress: int | None = None) -> None:
        self.written.append(f"audio {len(data)}")

    async def pong(self, message: bytes = b"") -> None:
        self.written.append("pong")


class NoTransport(asyncio.Transport):
    def __init__(self, tcp: socket.socket) -> None:
        super().__init__({"socket": tcp})

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def downstream(recorder: Recorder) -> Iterator[Downstream]:
    with socket.socket() as tcp:
        transport = NoTransport(tcp)
        yield Downstream(recorder, transport, stall_ms=1000, vanish_ms=30_000, census=Census())


async def written_by(downstream: Downstream, recorder: Recorder) -> list[str]:
    """Let it write all that is queued."""
    async with asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(downstream.write())
        await downstream.flush()
        writing.cancel()
    return recorder.written


async def test_a_pong_overtakes_audio_and_nothing_else(
    downstream: Downstream, recorder: Recorder
) -> None:
    downstream.send_audio(bytes(10))
    downstream.send_end("m1", EndReason.STOPPED)
    downstream.send_start("m2")
    downstream.send_audio(bytes(20))
    downstream.send_pong(b"f1")
    written = await written_by(downstream, recorder)
    assert written == ["audio 10", "stream.end", "stream.start", "pong", "audio 20"]
    assert downstream.buffered_bytes == 0


async def test_dropped_audio_takes_its_marks_with_it_and_leaves_the_signals(
    downstream: Downstream, recorder: Recorder
) -> None:
    async def impossible() -> None:
        raise AssertionError

    downstream.send_start("m1")
    downstream.send_audio(bytes(10))
    downstream.when_drained(impossible)
    assert downstream.marks_waiting == 1
    assert downstream.drop_audio() == 10
    downstream.send_end("m1", EndReason.STOPPED)
    assert await written_by(downstream, recorder) == ["stream.start", "stream.end"]


async def test_room_is_given_by_writing_and_by_dropping(
    downstream: Downstream, recorder: Recorder
) -> None:
    await downstream.room()
    for free in (downstream.drop_audio, lambda: None):
        downstream.send_audio(bytes(AUDIO_BYTES_MAX))
        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(downstream.room())
            await asyncio.sleep(0)
            assert not waiting.done()
            free()
            await written_by(downstream, recorder)
