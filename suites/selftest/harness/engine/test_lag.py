"""Our own lateness, window by window, without a gap."""

import asyncio
import time
from itertools import pairwise

from harness.engine.lag import WINDOW_MS, watch_lag
from harness.model.clock import MonotonicClock
from harness.model.events import LagData
from harness.model.units import ms

DEADLINE_S = 20.0  # for events that come at once, unless the machine is busy


class Record:
    """Keeps what a recorder would write, and when."""

    def __init__(self) -> None:
        self.clock = MonotonicClock()
        self.windows: list[tuple[float, LagData]] = []

    def record(self, _source: str, kind: str, data: LagData) -> None:
        assert kind == "loop_lag"
        self.windows.append((ms(self.clock.now_ns()), data))


async def test_the_windows_touch_also_where_the_loop_is_late() -> None:
    record = Record()
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as tasks:
        watch = tasks.create_task(watch_lag(record, record.clock))  # type: ignore[arg-type]
        for _ in range(3):
            while len(record.windows) % 2 == 0:
                await asyncio.sleep(0.005)
            time.sleep(0.25)  # noqa: ASYNC251 - this is the lag
            while len(record.windows) % 2:
                await asyncio.sleep(0.005)
        watch.cancel()
    spans = [(at - data.window_ms, at) for at, data in record.windows]
    assert all(abs(end - begin) < 1 for (_, end), (begin, _) in pairwise(spans))
    assert all(data.window_ms >= WINDOW_MS for _, data in record.windows)
    late = [data for _, data in record.windows if data.max_ms > 200]
    assert len(late) == 3
    assert all(data.window_ms >= data.max_ms for data in late)
