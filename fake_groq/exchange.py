"""One upstream stream while it lives: it performs its plan, and the ledger hears of every step."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import Any, Final, Protocol

from fake_groq.attempts import Attempt
from fake_groq.behaviour import Behaviour
from fake_groq.end_markers import Unit
from fake_groq.ledger import Ledger, subject_of
from fake_groq.schedule import Schedule
from fake_groq.steps import (
    SAMPLES_PER_MS,
    Close,
    Fail,
    Head,
    Manners,
    Marker,
    Plan,
    Raw,
    Refuse,
    Reset,
    Send,
    ShutWriting,
    Stall,
    Step,
)
from fake_groq.wire import By, NothingFollows, Wire

CLIENT_LEFT = 499  # Groq's own status for a request whose client did not wait for the answer


class Outlet(Protocol):
    """The wire format of a profile. All may raise ConnectionError when the client is gone."""

    async def accept(self) -> None:
        """Send what comes before the first piece."""

    def send(self, data: bytes, piece: Send) -> None:
        """Write the bytes of one piece as it wants them framed, without waiting for room."""

    async def raw(self, data: bytes) -> None:
        """Write bytes past all framing."""

    async def mark(self, unit: Unit) -> None:
        """Write a unit of the end marker."""

    async def refuse(self, refusal: Refuse) -> None:
        """Write an error in the place of speech."""

    async def close(self, code: int) -> None:
        """Close politely, and wait for the answer."""

    def behave(self, manners: Manners) -> None:
        """Treat pings and close frames so from now on."""


_WRITES: Final = (Send, Marker, Raw)


class Exchange:
    """A stream with its number; the owner of its end: `release` counts once.

    A stream whose plan is a refusal is never opened: the ledger has it as `stream_refused`. It
    ends once (`stream_ended`, with `again` for each further marker) or fails once
    (`stream_failed`); what is sent behind its end is in the ledger like what is sent before.
    """

    def __init__(
        self,
        *,
        number: int,
        wire: Wire,
        ledger: Ledger,
        plan: Plan,
        behaviour: Behaviour,
        preset: str | None = None,
        attempt: Attempt | None = None,
    ) -> None:
        self.number = number
        self._wire = wire
        self._ledger = ledger
        self._plan = plan
        self._subject = subject_of(plan.identities, plan.key)
        self._behaviour = behaviour
        self._preset = preset
        self._attempt = asdict(attempt) if attempt is not None else {}
        self._is_live = False
        self._is_refused = False
        self._has_ended = False
        self._has_failed = False
        self._is_stalled = False
        self._unsettled: tuple[Send, int] | None = None  # a piece without room, and its size
        self._samples_sent = 0
        self._writes_left = sum(isinstance(step, _WRITES) for step in plan.steps)

    async def perform(self, outlet: Outlet, *, text_chars: int) -> None:
        """Open the stream and go through its plan; the schedule starts now.

        Raises:
            ConnectionError: the client was gone when something was to be written.
        """
        if self._wire.has_parted and self._plan.refusal is None:
            raise ConnectionResetError("The client left before its stream was opened.")
        self._open(text_chars)
        schedule = Schedule(self._plan.steps, partial(self._write_piece, outlet))
        try:
            while (step := await schedule.next()) is not None:
                self._is_stalled = isinstance(step, Stall)
                self._writes_left -= isinstance(step, Marker | Raw)
                await self._TAKES[type(step)](self, step, outlet)
            self.release("own", "end of plan")
        except NothingFollows:
            await self._wire.departed.wait()
            raise
        except asyncio.CancelledError:
            self._settle()
            raise
        finally:
            # A live stream stays the occupant: who took the connection away has yet to be seen.
            if self._plan.refusal and not self._is_refused:
                self._write_refusal(CLIENT_LEFT, "client_left")

    def snapshot(self) -> dict[str, object]:
        """Return what it is and how far it has come, for those who look on."""
        plan = self._plan
        first = plan.identities[0] if plan.identities else None
        return {
            "exchange": self.number,
            "protocol": self._preset or plan.profile,
            "session": first and first.session,
            "message": first and first.message,
            "fault": plan.fault,
            "sent_ms": self._samples_sent // SAMPLES_PER_MS,
            "total_ms": plan.total_samples // SAMPLES_PER_MS,
            "is_stalled": self._is_stalled,
        }

    def release(self, by: By, how: str) -> None:
        """Note who let go of the stream, and how; only the first call counts."""
        if self._is_live:
            self._is_live = False
            if self._wire.occupant is self:
                self._wire.occupant = None
            self._write("stream_released", by=by, how=how, samples_sent=self._samples_sent)

    def _open(self, text_chars: int) -> None:
        plan, behaviour = self._plan, self._behaviour
        if plan.refusal is not None:
            return
        self._is_live = True
        self._wire.occupant = self
        self._write(
            "stream_opened",
            socket=self._wire.number,
            profile=plan.profile,
            preset=self._preset,
            identities=[[i.session, i.message, i.sentence] for i in plan.identities],
            mixed=plan.is_mixed,
            count=plan.count,
            total_samples=plan.total_samples,
            text_chars=text_chars,
            pace=behaviour.pace,
            first_audio_ms=behaviour.first_audio_ms,
            fault=plan.fault,
            harmless=plan.is_harmless,
            **self._attempt,
        )

    async def _accept(self, _step: Head, outlet: Outlet) -> None:
        await outlet.accept()

    async def _stall(self, step: Stall, _outlet: Outlet) -> None:
        self._write("stream_stalled", fault=step.fault)

    async def _reset(self, step: Reset, _outlet: Outlet) -> None:
        self._failed("rst")
        self._wire.down_ms = step.down_ms
        self._wire.reset()

    async def _fail(self, step: Fail, _outlet: Outlet) -> None:
        self._failed(step.how)

    async def _raw(self, step: Raw, outlet: Outlet) -> None:
        await outlet.raw(step.data)
        self._write("stream_extra", bytes=len(step.data))

    async def _half_close(self, _step: ShutWriting, _outlet: Outlet) -> None:
        self._failed("half_close")
        self._wire.half_close()

    async def _behave(self, step: Manners, outlet: Outlet) -> None:
        outlet.behave(step)

    async def _close(self, step: Close, outlet: Outlet) -> None:
        self._failed("fin" if step.code is None else f"close {step.code}")
        if step.code is None:
            self._wire.hang_up()
        else:
            await outlet.close(step.code)

    def _failed(self, how: str) -> None:
        """Note the failure of a stream that has neither ended nor failed."""
        if not self._has_ended and not self._has_failed:
            self._has_failed = True
            self._write("stream_failed", how=how)

    def _write_piece(self, outlet: Outlet, piece: Send) -> bool:
        """Write a piece, and tell whether there is room for more."""
        self._is_stalled = False
        self._writes_left -= 1
        data = self._plan.payload(piece)
        outlet.send(data, piece)
        if self._wire.is_full:
            self._unsettled = piece, len(data)
            return False
        self._sent(piece, len(data))
        return True

    async def _fill(self, _piece: Send, _outlet: Outlet) -> None:
        """Wait for room behind a piece that was written."""
        await self._wire.drained()
        self._settle()

    def _settle(self) -> None:
        """Note the piece that waited for room; who is cancelled meanwhile has sent it, too."""
        if self._unsettled is not None:
            piece, size_bytes = self._unsettled
            self._unsettled = None
            self._sent(piece, size_bytes)

    def _sent(self, step: Send, size_bytes: int) -> None:
        key, runs, zeros = self._plan.key, [], 0
        for span in step.whole_spans if step.lack_bytes else step.spans:
            if span.first is None:
                zeros += span.samples
            else:
                runs.append((key, span.first, span.samples))
                self._samples_sent += span.samples
        sent = {"exchange": self.number, "runs": runs, "zeros": zeros, "bytes": size_bytes}
        if step.frame != "binary":
            sent["frame"] = step.frame
        if queued_bytes := self._wire.queued_bytes:
            sent["queued_bytes"] = queued_bytes
        self._ledger.write("stream_sent", sent, self._subject)

    async def _mark(self, step: Marker, outlet: Outlet) -> None:
        if step.unit.how == "close":  # the frame is written at once, but its answer waited for
            self._ended()
            await outlet.close(step.unit.code)
            return
        await outlet.mark(step.unit)
        if step.is_last:
            self._ended()
        if self._writes_left and self._wire.is_full:
            await self._wire.drained()

    def _ended(self) -> None:
        marker = self._plan.marker
        again = {"again": True} if self._has_ended else {}
        self._has_ended = True
        self._write("stream_ended", marker=marker, samples=self._samples_sent, **again)
        if not self._writes_left:
            self.release("own", f"marker {marker}")

    async def _refuse(self, step: Refuse, outlet: Outlet) -> None:
        self._write_refusal(step.status, self._plan.fault)
        self._failed(f"status {step.status}")
        await outlet.refuse(step)

    def _write_refusal(self, status: int, code: str | None) -> None:
        self._is_refused = True
        self._write(
            "stream_refused",
            socket=self._wire.number,
            status=status,
            code=code,
            fault=self._plan.fault,
            **self._attempt,
        )

    def _write(self, kind: str, **data: object) -> None:
        self._ledger.write(kind, {"exchange": self.number, **data}, self._subject)

    _TAKES: Final[dict[type[Step], Callable[["Exchange", Any, Outlet], Awaitable[None]]]] = {
        Head: _accept,
        Send: _fill,
        Marker: _mark,
        Close: _close,
        Reset: _reset,
        Stall: _stall,
        Refuse: _refuse,
        Fail: _fail,
        Raw: _raw,
        ShutWriting: _half_close,
        Manners: _behave,
    }
