"""For a while every connection of an armed link is reset, for both its ends, by the next byte down.

A connection over which nothing comes down meanwhile lives on. One that began before the link was
armed ends by FIN instead. Bytes on their way are lost.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from harness.faults.base import RESET_TOXIC, Link, fault
from harness.model.errors import HarnessError


@fault("network_reset", parameters=("duration_ms",), can_lose_bytes=True)
@asynccontextmanager
async def network_reset(link: Link, parameters: Mapping[str, float]) -> AsyncIterator[None]:  # noqa: ARG001 - the schedule holds the duration
    """Reset each connection at its next byte downstream; needs network_armed on the link.

    Raises:
        HarnessError: the link is not armed, so no reset could come through.
    """
    try:
        if not await link.set_toxicity(RESET_TOXIC, 1.0):
            raise HarnessError("network_reset needs network_armed on the same link, from before.")
        yield
    finally:
        await link.set_toxicity(RESET_TOXIC, 0.0)
