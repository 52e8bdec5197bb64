"""How late our own event loop is: what the fake did late is nobody else's fault."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from fake_groq.ledger import Ledger

TICK_S: Final = 0.02
WINDOW_MS: Final = 100


@contextmanager
def lag_watched(ledger: Ledger) -> Iterator[None]:
    """Write the worst lateness of a 20-ms timer every 100 ms for as long as the context lasts.

    The windows touch, however late the loop is: each says how long it was.
    """
    watch = _Watch(ledger)
    watch.begin()
    try:
        yield
    finally:
        watch.end()


class _Watch:
    """A timer that sets itself again, and measures how late it is."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._loop = asyncio.get_running_loop()
        self._worst_s = 0.0
        self._window_began = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        due = self._loop.time() + TICK_S
        self._timer = self._loop.call_at(due, self._tick, due)

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _tick(self, due: float) -> None:
        now = self._loop.time()
        self._worst_s = max(self._worst_s, now - due)
        window_ms = round((now - self._window_began) * 1000, 3)
        if window_ms >= WINDOW_MS:
            data = {"max_ms": round(self._worst_s * 1000, 3), "window_ms": window_ms}
            self._ledger.write("loop_lag", data)
            self._worst_s = 0.0
            self._window_began = now
        self.begin()
