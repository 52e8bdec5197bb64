"""The driver against real WebSocket servers that behave, and that do not."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from fake_groq import watermark
from harness.adapters.reference import ReferenceAdapter
from harness.engine.driver import SessionDriver
from harness.engine.hooks import open_hooks
from harness.engine.recorder import open_recorder
from harness.model import operations as op
from harness.model.clock import MonotonicClock
from harness.model.trace import Reading, read_events

pytestmark = pytest.mark.io

NONCE = 9
Handler = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    async with serve(handler, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}/"


async def play(
    handler: Handler, tmp_path: Path, *operations: op.AnyOperation, cleanup: str | None = None
) -> list[str]:
    """Return the kinds of what was recorded of a session against the handler."""
    async with serving(handler) as url:
        return await drive(url, tmp_path, *operations, cleanup=cleanup)


async def drive(
    url: str, tmp_path: Path, *operations: op.AnyOperation, cleanup: str | None = None
) -> list[str]:
    """Return the kinds of what was recorded of a session at the address."""
    file = tmp_path / "harness.jsonl"
    plan = op.SessionPlan(session=1, operations=(op.Connect(), *operations))
    with open_recorder(file, MonotonicClock()) as recorder:
        hook = open_hooks(cleanup=cleanup, resources=None)
        async with hook as hooks, asyncio.timeout(20):
            driver = SessionDriver(
                plan,
                url=url,
                adapter=ReferenceAdapter(1),
                nonce=NONCE,
                recorder=recorder,
                clock=MonotonicClock(),
                barriers={},
                quiet_ms=20,
                hooks=hooks,
            )
            await driver.run()
    return [event.kind for event in read_events([file], Reading())]


SPEAK = op.Speak(message=1, text="words")
END = op.AwaitEnd(message=1, deadline_ms=3000)


async def speaks_once(socket: ServerConnection) -> None:
    message = json.loads(await socket.recv())["message_id"]
    await socket.send(json.dumps({"type": "stream.start", "message_id": message}))
    key = watermark.stream_key(1, 1, 0, 0)
    await socket.send(watermark.encode(key, NONCE, 0, 1920, 1920))
    body = {"type": "stream.end", "message_id": message, "reason": "completed"}
    await socket.send(json.dumps(body))
    await socket.wait_closed()


async def test_a_message_is_recorded_from_request_to_leaving(tmp_path: Path) -> None:
    kinds = await play(speaks_once, tmp_path, SPEAK, END)
    assert [kind for kind in kinds if kind != "fence_passed"] == [
        "client_connecting",
        "client_connected",
        "speak_sent",
        "fence_sent",
        "start_received",
        "audio_received",
        "end_received",
        "client_left",
        "session_over",
    ]
    assert "fence_passed" in kinds


async def test_a_fence_has_the_number_of_its_command(tmp_path: Path) -> None:
    await play(speaks_once, tmp_path, SPEAK, END)
    events = list(read_events([tmp_path / "harness.jsonl"], Reading()))
    speak = next(event for event in events if event.kind == "speak_sent")
    fence = next(event for event in events if event.kind == "fence_sent")
    assert json.loads(bytes(fence.data))["command"] == speak.seq


async def test_a_server_that_hangs_up_is_seen_to_have_lost_the_connection(tmp_path: Path) -> None:
    async def hangs_up(socket: ServerConnection) -> None:
        await socket.recv()
        socket.transport.abort()

    kinds = await play(hangs_up, tmp_path, SPEAK, END)
    assert "connection_lost" in kinds
    assert kinds[-1] == "session_over"


async def test_garbage_is_recorded_and_does_not_end_the_session(tmp_path: Path) -> None:
    async def sends_garbage(socket: ServerConnection) -> None:
        await socket.send("{")
        await socket.send(bytes(range(256)))
        await speaks_once(socket)

    kinds = await play(sends_garbage, tmp_path, SPEAK, END)
    assert "frame_invalid" in kinds
    assert "end_received" in kinds


async def test_a_malformed_frame_ends_the_session_and_not_the_driver(tmp_path: Path) -> None:
    async def breaks_the_protocol(socket: ServerConnection) -> None:
        await socket.recv()
        socket.transport.write(b"\xff\xff\xff\xff")
        await socket.wait_closed()

    kinds = await play(breaks_the_protocol, tmp_path, SPEAK, END)
    assert "connection_lost" in kinds


async def test_silence_is_waited_for_until_the_deadline_and_no_longer(tmp_path: Path) -> None:
    async def says_nothing(socket: ServerConnection) -> None:
        await socket.wait_closed()

    wait = op.AwaitEnd(message=1, deadline_ms=100)
    assert "wait_expired" in await play(says_nothing, tmp_path, SPEAK, wait)


async def test_leaving_by_reset_reaches_the_server_as_a_reset(tmp_path: Path) -> None:
    ends: list[BaseException | None] = []

    async def listens(socket: ServerConnection) -> None:
        try:
            await socket.recv()
            await socket.recv()
        except ConnectionClosed as error:
            ends.append(error.__cause__)

    kinds = await play(listens, tmp_path, SPEAK, op.Disconnect(how="rst"))
    assert kinds.count("client_left") == 1
    assert isinstance(ends[0], ConnectionResetError)


async def test_a_server_that_speaks_no_websocket_is_named(tmp_path: Path) -> None:
    async def speaks_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speaks_http, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        kinds = await drive(f"ws://127.0.0.1:{port}/", tmp_path, SPEAK)
    assert kinds == ["client_connecting", "connect_failed", "session_over"]


async def test_half_a_character_in_a_signal_is_stored_as_a_question_mark(tmp_path: Path) -> None:
    async def cuts_characters(socket: ServerConnection) -> None:
        await socket.send('{"type":"metrics\\ud83d"}')
        await socket.send('{"type":"error","code":"\\ud83d","message":"' + "x" * 500 + '"}')
        await socket.send("[" * 100_000)
        await speaks_once(socket)

    kinds = await play(cuts_characters, tmp_path, SPEAK, END)
    assert {"other_received", "error_received", "frame_invalid", "end_received"} <= set(kinds)
    assert "connection_lost" not in kinds


async def test_forbidden_input_waits_for_its_answer(tmp_path: Path) -> None:
    async def answers(socket: ServerConnection) -> None:
        await socket.recv()
        error = {"type": "error", "message_id": None, "code": "no", "message": "no"}
        await socket.send(json.dumps(error))
        await socket.wait_closed()

    kinds = await play(answers, tmp_path, op.SendInvalid(kind="no_json"))
    assert kinds.index("invalid_sent") < kinds.index("error_received")
    assert "wait_expired" not in kinds


async def test_a_broken_frame_is_seen_to_be_answered_by_a_close(tmp_path: Path) -> None:
    async def waits(socket: ServerConnection) -> None:
        await socket.wait_closed()

    kinds = await play(waits, tmp_path, op.SendInvalid(kind="reserved_opcode_3"))
    assert "connection_lost" in kinds
    assert "fence_sent" not in kinds


async def test_a_client_that_is_half_open_learns_only_later_that_it_was_let_go(
    tmp_path: Path,
) -> None:
    async def hangs_up(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.close()

    leave = op.Disconnect(how="half_open", hold_ms=50)
    kinds = await play(hangs_up, tmp_path, SPEAK, leave)
    order = [kinds.index(kind) for kind in ("client_left", "client_reads_again", "connection_lost")]
    assert order == sorted(order)
    assert kinds.count("client_left") == 1


async def test_a_client_that_leaves_while_the_sut_is_closing_just_goes(tmp_path: Path) -> None:
    async def closes_and_waits(socket: ServerConnection) -> None:
        await socket.recv()
        socket.protocol.send_close(1000)
        for data in socket.protocol.data_to_send():
            socket.transport.write(data)
        await socket.wait_closed()

    pause = op.Pause(pause_ms=100)
    kinds = await play(
        closes_and_waits, tmp_path, SPEAK, pause, op.Stop(), op.Disconnect(how="close")
    )
    assert kinds[-1] == "session_over"
