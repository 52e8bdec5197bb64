"""Every byte arrives late by the same time, in both directions."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from harness.faults.base import Link, fault


@fault("network_latency", parameters=("latency_ms",), can_lose_bytes=False)
@asynccontextmanager
async def network_latency(link: Link, parameters: Mapping[str, float]) -> AsyncIterator[None]:
    """Delay each direction by latency_ms; a round trip takes 2 x latency_ms longer."""
    attributes = {"latency": round(parameters["latency_ms"]), "jitter": 0}
    try:
        for stream in ("upstream", "downstream"):
            await link.add_toxic(f"latency-{stream}", "latency", stream, attributes)
        yield
    finally:
        for stream in ("upstream", "downstream"):
            await link.remove_toxic(f"latency-{stream}")
