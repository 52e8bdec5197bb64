"""The upstream runs on for 600 ms after STOP, in case that the interruption was a false one.

The client is silent and told at once, so nobody notices; the provider speaks on and is paid for it
(resuming after a false interruption: livekit/agents PR #2852).
"""

import asyncio

from reference_impl import relay
from reference_impl.planting import replace
from reference_impl.relay import Exchange

SECOND_THOUGHTS_S = 0.6


class _MayGoOn(Exchange):
    def release(self) -> bool:
        if self.is_released:
            return False
        self.is_released = True
        asyncio.get_running_loop().call_later(SECOND_THOUGHTS_S, self._let_go)
        return True

    def _let_go(self) -> None:
        self.is_released = False
        super().release()


def plant() -> None:
    """Plant the bug."""
    replace(relay, "Exchange", by=_MayGoOn)
