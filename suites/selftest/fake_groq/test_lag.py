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
        written = [json.loads(line)["data"] for line in ledger.read(0)]
        assert written[0]["max_ms"] >= 95
        assert written[0]["window_ms"] == 250
        seq = ledger.seq
        await asyncio.sleep(0.3)
        assert ledger.seq == seq  # it ends with its context
