"""Our own event loop's lateness, window by window: the first thing that can excuse the SUT."""

import asyncio

from harness.engine.recorder import Recorder
from harness.model.clock import Clock
from harness.model.events import LagData
from harness.model.units import NS_PER_MS, ms

TICK_MS = 10
TICKS_PER_WINDOW = 25


async def watch_lag(recorder: Recorder, clock: Clock) -> None:
    """Sleep in short ticks for ever and record the worst lateness of each window."""
    while True:
        worst_ns = 0
        for _ in range(TICKS_PER_WINDOW):
            due_ns = clock.now_ns() + TICK_MS * NS_PER_MS
            await asyncio.sleep(TICK_MS / 1000)
            worst_ns = max(worst_ns, clock.now_ns() - due_ns)
        data = LagData(max_ms=round(ms(worst_ns), 3), window_ms=TICK_MS * TICKS_PER_WINDOW)
        recorder.record("harness", "loop_lag", data)
