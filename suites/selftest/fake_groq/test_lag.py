import asyncio
import json
import time

import pytest

from fake_groq.lag import lag_watched
from fake_groq.ledger import open_ledger
from suites.selftest.fake_groq.staging import eventually

pytestmark = pytest.mark.io


async def test_the_worst_lateness_of_each_window_is_written() -> None:
    with open_ledger(None) as ledger:
        with lag_watched(ledger):
            await asyncio.sleep(0)
            time.sleep(0.12)  # noqa: ASYNC251 - this is the lag
            await eventually(lambda: ledger.seq >= 2)
        events = [json.loads(line) for line in ledger.read(0)]
        begun_ms = events[1]["at_ns"] / 1e6 - events[1]["data"]["window_ms"]
        assert abs(begun_ms - events[0]["at_ns"] / 1e6) < 5  # the windows touch
        written = [json.loads(line)["data"] for line in ledger.read(0)]
        assert written[0]["max_ms"] >= 95
        assert all(data["window_ms"] >= max(100, data["max_ms"]) for data in written)
        seq = ledger.seq
        await asyncio.sleep(0.3)
        assert ledger.seq == seq  # it ends with its context
