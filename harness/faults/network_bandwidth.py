"""A narrow link: every chunk takes as long as its size needs, in both directions.

The rate counts for each connection by itself. A chunk is passed on when all of it could have come,
so it is late also far below the limit. Nothing is lost by the rate itself; but behind it the tail
of a closed upstream is cut when the client still speaks (measured on Toxiproxy 2.12).
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from harness.faults.base import Link, fault


@fault("network_bandwidth", parameters=("rate_kb_per_s",), can_lose_bytes=True)
@asynccontextmanager
async def network_bandwidth(link: Link, parameters: Mapping[str, float]) -> AsyncIterator[None]:
    """Pass at most rate_kb_per_s (of 1000 bytes) each way; speech itself needs 48."""
    attributes = {"rate": round(parameters["rate_kb_per_s"])}
    try:
        for stream in ("upstream", "downstream"):
            await link.add_toxic(f"bandwidth-{stream}", "bandwidth", stream, attributes)
        yield
    finally:
        for stream in ("upstream", "downstream"):
            await link.remove_toxic(f"bandwidth-{stream}")
