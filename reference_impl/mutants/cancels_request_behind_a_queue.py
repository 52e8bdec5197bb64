"""Releasing an upstream is a job in a queue that is worked off now and then, 375 ms later.

The client is silent and told at once; the provider speaks on, and the next message waits for the
job (stale audio keeps streaming: pipecat #3986).
"""

import asyncio

from reference_impl import relay
from reference_impl.planting import replace
from reference_impl.relay import Exchange

QUEUE_S = 0.375


class _Queued(Exchange):
    def release(self) -> bool:
        if self.is_released:
            return False
        self.is_released = True
        asyncio.get_running_loop().call_later(QUEUE_S, self._work_off)
        return True

    def _work_off(self) -> None:
        self.is_released = False
        super().release()


def plant() -> None:
    """Plant the bug."""
    replace(relay, "Exchange", by=_Queued)
