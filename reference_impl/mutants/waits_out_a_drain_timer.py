"""The end is not told when everything was sent, but after a time in which it surely was played.

A fixed timer of 1.6 s stands where an event should be awaited (livekit/agents #5359,
pipecat #4638).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import AwaitDrain

DRAIN_S = 1.6


class _WaitsItOut(Session):
    def await_drain(self, command: AwaitDrain) -> None:
        asyncio.get_running_loop().call_later(DRAIN_S, super().await_drain, command)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_WaitsItOut)
