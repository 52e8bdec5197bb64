"""What becomes of a stream whose client reads nothing, or too slowly."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from fake_groq import sockets, wire
from suites.selftest.fake_groq.staging import DEADLINE_S, Fake, Peer, eventually, fake, text_of

pytestmark = pytest.mark.io

ENDLESS = 20_000  # ms a character: more than the buffers of a connection hold
DEEPGRAM = "/presets/deepgram_speak"


async def deaf(server: Fake) -> Peer:
    """Return a client that has been spoken to until nothing more fits, and reads nothing."""
    peer = await server.upgraded(path=DEEPGRAM)
    peer.say({"type": "Speak", "text": text_of(1, 1)})
    peer.say({"type": "Flush"})
    peer.stop_reading()
    await eventually(lambda: any(one.is_full for one in server.running.server.wires))
    return peer


async def test_a_cancel_is_answered_and_all_that_follows_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(wire.GONE_S_MAX, "peer", 0.2)
    async with fake(ms_per_character=ENDLESS) as server:
        peer = await deaf(server)
        peer.say({"type": "Clear"})
        await server.wait_for("stream_released", by="peer", how="cancel")
        peer.leave("close")
        await server.wait_for("socket_closed", by="peer", how="close 4001")


async def test_a_client_that_reads_on_behind_its_cancel_is_spoken_to_again() -> None:
    async with fake(ms_per_character=ENDLESS) as server:
        peer = await deaf(server)
        peer.say({"type": "Clear"})
        await server.wait_for("stream_released", by="peer", how="cancel")
        peer.read_on()
        async with asyncio.timeout(DEADLINE_S):
            read = b""
            while b'"Cleared"' not in read:
                read = read[-16:] + await peer.reader.read(1 << 16)
        peer.say({"type": "Speak", "text": text_of(1, 2)})
        peer.say({"type": "Flush"})
        await server.wait_for("stream_sent", exchange=2)


async def test_a_complaint_that_is_not_read_does_not_keep_a_cancel_from_being_heard() -> None:
    async with fake(ms_per_character=ENDLESS) as server:
        peer = await deaf(server)
        peer.say({"type": "Nonsense"})
        peer.say({"type": "Clear"})
        await server.wait_for("stream_released", by="peer", how="cancel")


async def test_who_is_thrown_out_and_reads_nothing_is_dropped_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(wire.GONE_S_MAX, "own", 0.2)
    async with fake(ms_per_character=ENDLESS) as server:
        peer = await deaf(server)
        peer.writer.write(b"\x81\x87" + bytes(4) + b"no JSON")
        await server.wait_for("socket_closed", by="own", how="close 1008")


async def test_a_flood_of_complaints_that_nobody_reads_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sockets, "UNREAD_BYTES_MAX", 100_000)
    async with fake(ms_per_character=ENDLESS) as server:
        peer = await deaf(server)
        (one,) = server.running.server.wires
        for _ in range(20_000):
            peer.say({"type": "Nonsense"})
        await eventually(lambda: one.queued_bytes > sockets.UNREAD_BYTES_MAX)
        for _ in range(20):
            await (await server.posted("")).answer()  # much time for the flood to go on
        assert one.queued_bytes < sockets.UNREAD_BYTES_MAX + 10_000


def written_by(
    monkeypatch: pytest.MonkeyPatch, then: Callable[[wire.Wire], None] = lambda _: None
) -> list[bytes]:
    """Return what any connection writes from now on, and have something done behind each write."""
    written: list[bytes] = []
    write = wire.Wire.write

    def note(self: wire.Wire, data: bytes) -> None:
        write(self, data)
        written.append(data)
        then(self)

    monkeypatch.setattr(wire.Wire, "write", note)
    return written


def speaking() -> list[asyncio.Task[Any]]:
    return [one for one in asyncio.all_tasks() if one.get_name().startswith("speak-")]


async def test_a_piece_that_found_no_room_is_in_the_ledger_whenever_the_cancel_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cancel(one: wire.Wire) -> None:
        if one.is_full:
            (task,) = speaking()
            asyncio.get_running_loop().call_soon(task.cancel)

    async with fake(ms_per_character=ENDLESS) as server:
        written = written_by(monkeypatch, cancel)
        peer = await server.upgraded(text_of(1, 1))
        peer.stop_reading()
        await eventually(lambda: bool(written) and not speaking())
        assert len(server.events("stream_sent")) == len(written)


async def test_a_marker_counts_when_it_is_written_and_not_when_there_is_room_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = written_by(monkeypatch)

    def is_full(_: wire.Wire) -> bool:
        return bool(written) and written[-1].endswith(b"__END__")

    async def drained(_: wire.Wire) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(wire.Wire, "is_full", property(is_full))
    monkeypatch.setattr(wire.Wire, "drained", drained)
    async with fake(end_marker="text:__END__", after_marker="close:1000") as server:
        await server.upgraded(text_of(1, 1))
        await server.wait_for("stream_ended")
