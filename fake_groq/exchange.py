"""One upstream stream while it lives: it performs its plan, and the ledger hears of every step."""

import asyncio
from typing import Protocol

from fake_groq.behaviour import Behaviour
from fake_groq.end_markers import Unit
from fake_groq.ledger import Ledger
from fake_groq.steps import (
    Close,
    Head,
    Marker,
    Plan,
    Refuse,
    Reset,
    Send,
    Stall,
    Step,
    Wait,
)
from fake_groq.wire import By, Wire

MS_PER_S = 1000
CLIENT_LEFT = 499  # Groq's own status for a request whose client did not wait for the answer


class Outlet(Protocol):
    """The wire format of a profile. All may raise ConnectionError when the client is gone."""

    async def accept(self) -> None:
        """Send what comes before the first piece."""

    async def send(self, data: bytes) -> None:
        """Write one piece, without waiting for room."""

    async def mark(self, unit: Unit) -> None:
        """Write a unit of the end marker."""

    async def refuse(self, refusal: Refuse) -> None:
        """Write an error in the place of speech."""

    async def close(self, code: int) -> None:
        """Close politely, and wait for the answer."""


class Exchange:
    """A stream with its number; the owner of its end: `release` counts once.

    A stream whose plan is a refusal is never opened: the ledger has it as `stream_refused`.
    """

    def __init__(
        self, *, number: int, wire: Wire, ledger: Ledger, plan: Plan, behaviour: Behaviour
    ) -> None:
        self.number = number
        self._wire = wire
        self._ledger = ledger
        self._plan = plan
        self._behaviour = behaviour
        self._is_live = False
        self._is_refused = False
        self._samples_sent = 0

    async def perform(self, outlet: Outlet, *, text_chars: int) -> None:
        """Open the stream and go through its plan; the schedule starts now.

        Raises:
            ConnectionError: the client was gone when something was to be written.
        """
        loop = asyncio.get_running_loop()
        due = loop.time()
        self._open(text_chars)
        try:
            for step in self._plan.steps:
                if isinstance(step, Wait):
                    due += step.ms / MS_PER_S
                    continue
                await _until(due)
                if isinstance(step, Stall):
                    due += step.ms / MS_PER_S
                await self._take(step, outlet)
            self.release("own", "end of plan")
        finally:
            # A live stream stays the occupant: who took the connection away has yet to be seen.
            if not self._is_live:
                self._wire.occupant = None
            if self._plan.refusal and not self._is_refused:
                self._write_refusal(CLIENT_LEFT, "client_left")

    def release(self, by: By, how: str) -> None:
        """Note who let go of the stream, and how; only the first call counts."""
        if self._is_live:
            self._is_live = False
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
            identities=[[i.session, i.message, i.sentence] for i in plan.identities],
            mixed=plan.is_mixed,
            count=plan.count,
            total_samples=plan.total_samples,
            text_chars=text_chars,
            pace=behaviour.pace,
            first_audio_ms=behaviour.first_audio_ms,
            fault=plan.fault,
        )

    async def _take(self, step: Step, outlet: Outlet) -> None:
        match step:
            case Head():
                await outlet.accept()
            case Send():
                await self._send(step, outlet)
            case Marker():
                await self._mark(step, outlet)
            case Stall():
                self._write("stream_stalled", fault=step.fault)
            case Refuse():
                await self._refuse(step, outlet)
            case Reset():
                self._write("stream_failed", how="rst")
                self._wire.reset()
            case Close():
                await self._close(step, outlet)

    async def _close(self, step: Close, outlet: Outlet) -> None:
        if step.code is None:
            self._write("stream_failed", how="fin")
            self._wire.hang_up()
        else:
            await outlet.close(step.code)

    async def _send(self, step: Send, outlet: Outlet) -> None:
        data = self._plan.payload(step)
        try:
            await outlet.send(data)
            await self._wire.drained()
        except asyncio.CancelledError:
            self._sent(step, len(data))  # it was written; we only waited for room
            raise
        self._sent(step, len(data))

    def _sent(self, step: Send, size_bytes: int) -> None:
        runs = [[self._plan.key, s.first, s.samples] for s in step.spans if s.first is not None]
        zeros = sum(span.samples for span in step.spans if span.first is None)
        self._samples_sent += step.samples - zeros
        sent: dict[str, object] = {"runs": runs, "zeros": zeros, "bytes": size_bytes}
        if queued_bytes := self._wire.queued_bytes:
            sent["queued_bytes"] = queued_bytes
        self._write("stream_sent", **sent)

    async def _mark(self, step: Marker, outlet: Outlet) -> None:
        if step.unit.how == "close":  # the frame is written at once, but its answer waited for
            self._ended()
            await outlet.close(step.unit.code)
            return
        await outlet.mark(step.unit)
        if step.is_last:
            self._ended()

    def _ended(self) -> None:
        is_body = self._plan.profile == "http"
        marker = "body" if is_body else str(self._behaviour.end_marker)
        self._write("stream_ended", marker=marker, samples=self._samples_sent)
        self.release("own", f"marker {marker}")

    async def _refuse(self, step: Refuse, outlet: Outlet) -> None:
        self._write_refusal(step.status, self._plan.fault)
        self._write("stream_failed", how=f"status {step.status}")
        await outlet.refuse(step)

    def _write_refusal(self, status: int, code: str | None) -> None:
        self._is_refused = True
        self._write("stream_refused", socket=self._wire.number, status=status, code=code)

    def _write(self, kind: str, **data: object) -> None:
        first = self._plan.identities[0] if self._plan.identities else None
        self._ledger.write(
            kind,
            {"exchange": self.number, **data},
            session=f"s{first.session}" if first else None,
            message=f"m{first.message}" if first else None,
            stream=self._plan.key,
        )


async def _until(due: float) -> None:
    delay = due - asyncio.get_running_loop().time()
    if delay > 0:
        await asyncio.sleep(delay)
