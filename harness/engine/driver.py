"""Plays one user session: operations go out through an adapter, what comes back is recorded."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from harness.adapters.base import (
    Adapter,
    AudioSeen,
    EndSeen,
    ErrorSeen,
    Frame,
    InvalidSeen,
    OtherSeen,
    Seen,
    StartSeen,
    StraySeen,
)
from harness.audio.decoder import Decoded, Decoder
from harness.engine.connection import ConnectError, Connection
from harness.engine.hooks import Hooks
from harness.engine.recorder import Recorder, clean
from harness.model import operations as op
from harness.model.broken_frames import BROKEN_FRAMES
from harness.model.clock import Clock
from harness.model.errors import HarnessError
from harness.model.events import (
    AudioData,
    ConnectedData,
    EndData,
    FloodData,
    InvalidData,
    LeftData,
    SpeakData,
    StartData,
    StopData,
)
from harness.model.units import ms
from harness.model.views import SILENT_WAYS

CONNECT_DEADLINE_S = 10.0
CLOSE_DEADLINE_S = 2.0
FLOOD_FRAMES = 200_000
READS_AGAIN_MS = 2500.0
INVALID_DEADLINE_MS = 2000.0
FLOOD_BYTES = 32 * 1024 * 1024  # eleven minutes of speech in one session

Lingering = op.AwaitAudio | op.AwaitEnd | op.Pause | op.Barrier | op.CallCleanup | op.SendInvalid


class SessionDriver:
    """One session from connect to leaving; a SUT that misbehaves makes events, never exceptions."""

    def __init__(
        self,
        plan: op.SessionPlan,
        *,
        url: str,
        adapter: Adapter,
        nonce: int,
        recorder: Recorder,
        clock: Clock,
        barriers: Mapping[str, asyncio.Barrier],
        quiet_ms: float,
        hooks: Hooks,
    ) -> None:
        self._plan = plan
        self._url = url
        self._adapter = adapter
        self._decoder = Decoder(nonce)
        self._recorder = recorder
        self._clock = clock
        self._barriers = barriers
        self._quiet_ms = quiet_ms
        self._hooks = hooks
        self._name = f"s{plan.session}"
        self._connection: Connection | None = None
        self._changed = asyncio.Event()
        self._heard_bytes: dict[int | None, int] = {}
        self._heard_last: int | None = None
        self._ended: set[int] = set()
        self._pongs: set[bytes] = set()
        self._fences = 0
        self._errors = 0
        self._frames = 0
        self._bytes = 0
        self._is_lost = False
        self._crash: Exception | None = None
        self._has_left = False
        self._is_deaf = False

    async def run(self) -> None:
        """Play all operations, listen for the quiet time, and leave politely."""
        try:
            for operation in self._plan.operations:
                if self._connection is not None and not self._connection.is_open:
                    break  # nobody would read it
                await self._play(operation)
            if self._connection is not None and not self._connection.is_open:
                await self._wait(lambda: False, deadline_ms=CLOSE_DEADLINE_S * 1000, what=None)
            if not self._is_lost and not self._has_left:
                await self._pause(self._quiet_ms + 100)
                await self._disconnect("close")
        except ConnectError as error:
            self._record("connect_failed", {"text": str(error)})
        finally:
            self._has_left = True  # whatever ends now is ended by us
            if self._connection is not None:
                self._connection.abort()
            self._take_rest(self._heard_last, self._clock.now_ns())
            self._record("session_over")
        if self._crash is not None:
            raise HarnessError(
                f"our driver failed on what the SUT sent to {self._name}: {self._crash!r}"
            ) from self._crash

    # -- operations ------------------------------------------------------------------------

    async def _play(self, operation: op.AnyOperation) -> None:
        match operation:
            case op.Connect():
                await self._connect()
            case op.Speak() | op.Stop():
                self._act(operation)
            case op.Disconnect():
                await self._leave(operation)
            case _:
                await self._linger(operation)

    def _act(self, operation: op.Speak | op.Stop) -> None:
        if isinstance(operation, op.Stop):
            self._command("stop_sent", self._adapter.stop(), None, None)
        else:
            self._speak(operation)

    async def _linger(self, operation: Lingering) -> None:
        match operation:
            case op.SendInvalid():
                await self._send_invalid(operation.kind)
            case op.CallCleanup():
                session, record = self._adapter.session_id, self._record
                await self._hooks.call_cleanup(operation, session=session, record=record)
            case op.AwaitAudio():
                await self._await_audio(operation)
            case op.AwaitEnd():
                await self._await_end(operation)
            case op.Pause():
                await self._pause(operation.pause_ms)
            case op.Barrier():
                await self._meet(operation)

    async def _connect(self) -> None:
        user = self._plan.user
        self._record("client_connecting", ConnectedData(user=user))
        connection = Connection(self._adapter.url(self._url, user=user), self, self._clock)
        self._connection = connection
        await connection.open(deadline_s=CONNECT_DEADLINE_S)
        sent_ns = self._clock.now_ns()
        connection.send((), fence=b"idle")
        await self._wait(lambda: b"idle" in self._pongs, deadline_ms=2000, what="idle PONG")
        has_answered = b"idle" in self._pongs
        rtt_ms = ms(self._clock.now_ns() - sent_ns) if has_answered else 0.0
        self._record("client_connected", ConnectedData(rtt_ms=rtt_ms, user=user))

    def _speak(self, operation: op.Speak) -> None:
        sentences = operation.text.count(". ") + 1
        data = SpeakData(sentences=sentences, characters=len(operation.text))
        self._command(
            "speak_sent",
            self._adapter.speak(operation.message, operation.text),
            data,
            f"m{operation.message}",
        )

    async def _send_invalid(self, kind: str) -> None:
        """Send what is forbidden and wait for an error or a close.

        What breaks WebSocket itself can have no fence behind it.
        """
        assert self._connection is not None
        frames = self._adapter.forbidden.get(kind)
        data = InvalidData(invalid=kind, fatal=frames is None)
        if frames is not None:
            self._command("invalid_sent", frames, data, None)
        else:
            self._record("invalid_sent", data)
            self._connection.send_wire(BROKEN_FRAMES[kind])
        errors = self._errors
        await self._wait(
            lambda: self._errors > errors, deadline_ms=INVALID_DEADLINE_MS, what=f"answer to {kind}"
        )

    def _command(
        self,
        kind: str,
        frames: tuple[Frame, ...],
        data: SpeakData | InvalidData | None,
        message: str | None,
    ) -> None:
        """Record a command, then write it with a fence of its own right behind it."""
        assert self._connection is not None
        self._fences += 1
        fence = f"f{self._fences}"
        seq = self._record(kind, data, message=message)
        self._record("fence_sent", StopData(fence=fence, command=seq))
        has_ping = self._adapter.abilities.ping_fence
        self._connection.send(frames, fence=fence.encode() if has_ping else None)

    async def _await_audio(self, operation: op.AwaitAudio) -> None:
        wanted = operation.audio_ms * 48
        message = operation.message
        await self._wait(
            lambda: self._heard_bytes.get(message, 0) >= wanted or message in self._ended,
            deadline_ms=operation.deadline_ms,
            what=f"audio of m{message}",
        )

    async def _await_end(self, operation: op.AwaitEnd) -> None:
        await self._wait(
            lambda: operation.message in self._ended,
            deadline_ms=operation.deadline_ms,
            what=f"end of m{operation.message}",
        )

    async def _pause(self, pause_ms: float) -> None:
        deadline_s = pause_ms / 1000
        try:
            async with asyncio.timeout(deadline_s):
                while not self._is_lost:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return

    async def _meet(self, operation: op.Barrier) -> None:
        barrier = self._barriers[operation.name]
        try:
            async with asyncio.timeout(operation.deadline_ms / 1000):
                await barrier.wait()
        except (TimeoutError, asyncio.BrokenBarrierError):
            self._record("wait_expired", {"what": f"barrier {operation.name}"})

    async def _leave(self, operation: op.Disconnect) -> None:
        if operation.how not in SILENT_WAYS:
            await self._disconnect(operation.how)
            return
        assert self._connection is not None
        self._has_left = self._is_deaf = True
        self._record("client_left", LeftData(how=operation.how))
        self._connection.stop_reading()
        await asyncio.sleep(operation.hold_ms / 1000)
        self._record("client_reads_again")
        self._connection.read_again()
        lost = f"end of a client that reads nothing ({operation.how})"
        await self._wait(lambda: False, deadline_ms=READS_AGAIN_MS, what=lost)

    async def _disconnect(self, how: str) -> None:
        assert self._connection is not None
        self._has_left = True
        self._record("client_left", LeftData(how=how))
        self._connection.leave(how)
        await self._wait(lambda: False, deadline_ms=CLOSE_DEADLINE_S * 1000, what=None)

    async def _wait(
        self, is_done: Callable[[], bool], *, deadline_ms: float, what: str | None
    ) -> None:
        """Wait for a fact, the loss of the connection, or the deadline, which is recorded."""
        try:
            async with asyncio.timeout(deadline_ms / 1000):
                while not is_done() and not self._is_lost:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            if what is not None:
                self._record("wait_expired", {"what": what, "after_ms": deadline_ms})

    # -- what comes back -------------------------------------------------------------------

    def on_frame(self, frame: Frame, at_ns: int) -> None:
        """Record what one frame says."""
        self._frames += 1
        self._bytes += len(frame.payload)
        if self._is_deaf:
            return  # it went away; what had been buffered for it by then is nobody's
        if self._frames > FLOOD_FRAMES or self._bytes > FLOOD_BYTES:
            self._flooded()
            return
        for seen in self._adapter.receive(frame):
            self._take(seen, at_ns)
        self._changed.set()

    def on_pong(self, payload: bytes, at_ns: int) -> None:
        """Record that a fence was passed."""
        self.on_part()
        if self._frames > FLOOD_FRAMES:
            return
        self._pongs.add(payload)
        if payload != b"idle":
            fence = payload.decode("ascii", "replace")
            self._record("fence_passed", StopData(fence=fence), at_ns=at_ns)
        self._changed.set()

    def on_part(self) -> None:
        """Count a frame that is no message: a flood of those is one too."""
        self._frames += 1
        if self._frames > FLOOD_FRAMES:
            self._flooded()

    def on_crash(self, error: Exception) -> None:
        """Remember a fault of our own, so that nothing of it is held against the SUT."""
        self._crash = error
        self._has_left = True
        self._changed.set()

    def on_lost(self, how: str, at_ns: int) -> None:
        """Record a connection that the SUT let go; our own leaving was recorded already."""
        self._is_lost = True
        if self._is_deaf or not self._has_left:
            self._record("connection_lost", LeftData(how=how), at_ns=at_ns)
        self._changed.set()

    def _take(self, seen: Seen, at_ns: int) -> None:
        match seen:
            case AudioSeen():
                self._take_audio(seen, at_ns)
            case StartSeen():
                start = StartData(
                    format=None if seen.format is None else clean(seen.format),
                    sample_rate=seen.sample_rate,
                    channels=seen.channels,
                )
                self._record("start_received", start, message=f"m{seen.message}", at_ns=at_ns)
            case EndSeen():
                self._take_end(seen, at_ns)
            case ErrorSeen():
                message = f"m{seen.message}" if seen.message is not None else None
                self._errors += 1
                error = EndData(code=clean(seen.code), text=clean(seen.text))
                self._record("error_received", error, message=message, at_ns=at_ns)
            case StraySeen():
                self._record("stray_signal", EndData(text=clean(seen.text)), at_ns=at_ns)
            case OtherSeen():
                self._record("other_received", {"kind": clean(seen.kind)}, at_ns=at_ns)
            case InvalidSeen():
                self._record("frame_invalid", {"text": clean(seen.text)}, at_ns=at_ns)

    def _take_end(self, seen: EndSeen, at_ns: int) -> None:
        if seen.message == self._heard_last:
            self._take_rest(seen.message, at_ns)
        data = EndData(reason=clean(seen.reason))
        self._record("end_received", data, message=f"m{seen.message}", at_ns=at_ns)
        self._ended.add(seen.message)

    def _take_audio(self, seen: AudioSeen, at_ns: int) -> None:
        decoded = self._decoder.feed(seen.pcm)
        self._record_audio(decoded, len(seen.pcm), seen.message, at_ns)
        self._heard_last = seen.message
        heard = self._heard_bytes
        heard[seen.message] = heard.get(seen.message, 0) + len(seen.pcm)

    def _take_rest(self, message: int | None, at_ns: int) -> None:
        """Record what the decoder kept back, since nothing that could explain it will follow."""
        decoded = self._decoder.flush()
        if decoded.segments:
            self._record_audio(decoded, 0, message, at_ns)

    def _record_audio(
        self, decoded: Decoded, size_bytes: int, message: int | None, at_ns: int
    ) -> None:
        data = AudioData(
            bytes=size_bytes,
            runs=decoded.runs,
            zeros=decoded.zeros,
            foreign=decoded.foreign,
            odd=decoded.odd,
        )
        name = f"m{message}" if message is not None else None
        self._record("audio_received", data, message=name, at_ns=at_ns)

    def _flooded(self) -> None:
        if not self._has_left and self._connection is not None:
            self._record("flooded", FloodData(frames=self._frames, bytes=self._bytes))
            self._has_left = True
            self._record("client_left", LeftData(how="flooded"))
            self._connection.abort()

    def _record(
        self,
        kind: str,
        data: Any = None,  # noqa: ANN401 - a struct of harness.model.events or a dict
        *,
        message: str | None = None,
        at_ns: int | None = None,
    ) -> int:
        return self._recorder.record(
            "client", kind, data, session=self._name, message=message, at_ns=at_ns
        )
