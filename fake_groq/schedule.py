"""The steps of a plan by their times.

Nearly all of them are pieces of audio, which are written from timers: waking a task for each would
take the event loop two turns for one. All others are for the task of the stream.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from fake_groq.steps import Send, Stall, Step, Wait

MS_PER_S: Final = 1000

Write = Callable[[Send], bool]
"""Writes a piece; False where there was no room for all of it."""

_Row = asyncio.Future[Send | None]


class Schedule:
    """Goes through the steps of a plan once; its time begins when it is made.

    Waits are added up to an absolute schedule, so a slow moment does not move what comes later.
    What is not paced lets others have their turn between two pieces.
    """

    def __init__(self, steps: tuple[Step, ...], write: Write) -> None:
        self._loop = asyncio.get_running_loop()
        self._steps = steps
        self._write = write
        self._at = 0
        self._due = self._loop.time()
        self._timer: asyncio.Handle | None = None

    async def next(self) -> Step | None:
        """Write the pieces that come next, and return the step behind them when it is due.

        Returns:
            None behind the last step; a piece where it found no room: it was written, and who
            wants to go on has to wait for room first.

        Raises:
            Exception: whatever `write` has raised.
        """
        coming = self._coming()
        if isinstance(coming, Send):
            full = await self._write_row(coming)
            if full is not None:
                return full
        step = self._coming()
        if step is not None:
            self._at += 1
            delay_s = self._due - self._loop.time()
            if delay_s > 0:
                await asyncio.sleep(delay_s)
            if isinstance(step, Stall):
                self._due += step.ms / MS_PER_S
        return step

    def _coming(self) -> Step | None:
        """Return the next step that is no wait, and add the waits before it to the schedule."""
        steps = self._steps
        while self._at < len(steps):
            step = steps[self._at]
            if not isinstance(step, Wait):
                return step
            self._due += step.ms / MS_PER_S
            self._at += 1
        return None

    async def _write_row(self, piece: Send) -> Send | None:
        """Write pieces up to the next step that is none; return one that found no room."""
        row: _Row = self._loop.create_future()
        self._await(piece, row)
        try:
            return await row
        finally:
            if self._timer is not None:
                self._timer.cancel()
            if row.done() and not row.cancelled():
                row.exception()  # so that nobody complains that it was not retrieved

    def _await(self, piece: Send, row: _Row) -> None:
        if self._due > self._loop.time():
            self._timer = self._loop.call_at(self._due, self._take, piece, row)
        else:
            self._timer = self._loop.call_soon(self._take, piece, row)

    def _take(self, piece: Send, row: _Row) -> None:
        """Write the piece that is due; end the row where it is the last, or finds no room."""
        if row.done():  # cancelled in this very turn
            return
        self._at += 1
        try:
            full = None if self._write(piece) else piece
        except Exception as error:  # noqa: BLE001 - for the task to raise
            if not row.done():
                row.set_exception(error)
            return
        coming = self._coming()
        if row.done():
            return
        if full is None and isinstance(coming, Send):
            self._await(coming, row)
        else:
            row.set_result(full)
