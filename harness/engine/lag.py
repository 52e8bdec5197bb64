"""Our own event loop's lateness, window by window: the first thing that can excuse the SUT."""

import asyncio

from harness.engine.recorder import Recorder
from harness.model.clock import Clock
from harness.model.events import LagData
from harness.model.units import NS_PER_MS, ms

TICK_MS = 10
WINDOW_MS = 100.0


async def watch_lag(recorder: Recorder, clock: Clock) -> None:
    """Sleep in short ticks for ever and record the worst lateness of each window.

    The windows touch, however late the loop is: what was late in between has its excuse.
    """
    begun_ns = clock.now_ns()
    while True:
        worst_ns, now_ns = 0, begun_ns
        while ms(now_ns - begun_ns) < WINDOW_MS:
            due_ns = now_ns + TICK_MS * NS_PER_MS
            await asyncio.sleep(TICK_MS / 1000)
            now_ns = clock.now_ns()
            worst_ns = max(worst_ns, now_ns - due_ns)
        window_ms = round(ms(now_ns - begun_ns), 3)
        data = LagData(max_ms=round(ms(worst_ns), 3), window_ms=window_ms)
        recorder.record("harness", "loop_lag", data)
        begun_ns = now_ns
