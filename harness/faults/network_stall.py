"""Nothing passes for a while, in either direction, and nothing is lost: then all of it comes.

A bandwidth of 0 is the one recipe that holds bytes back without losing any, and whose removal
cuts no stream (measured on Toxiproxy 2.12).
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from harness.faults.base import Link, fault


@fault("network_stall", parameters=("duration_ms",), can_lose_bytes=False)
@asynccontextmanager
async def network_stall(link: Link, parameters: Mapping[str, float]) -> AsyncIterator[None]:  # noqa: ARG001 - the schedule holds the duration
    """Hold all bytes of both directions until the fault is left."""
    try:
        for stream in ("upstream", "downstream"):
            await link.add_toxic(f"stall-{stream}", "bandwidth", stream, {"rate": 0})
        yield
    finally:
        for stream in ("upstream", "downstream"):
            await link.remove_toxic(f"stall-{stream}")
