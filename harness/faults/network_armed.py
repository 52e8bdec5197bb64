"""Connections that begin from now on end by a reset, however they end: what network_reset needs.

The proxy decides this when a connection begins, and for good (measured on Toxiproxy 2.12). The
price: clean ends are resets too, and what the proxy had not passed on by then is lost.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from harness.faults.base import RESET_TOXIC, Link, fault


@fault("network_armed", parameters=(), can_lose_bytes=True)
@asynccontextmanager
async def network_armed(link: Link, _parameters: Mapping[str, float]) -> AsyncIterator[None]:
    """Let each new connection end by RST, and nothing else happen to it."""
    try:
        await link.add_toxic(RESET_TOXIC, "reset_peer", "downstream", {"timeout": 0}, toxicity=0.0)
        await link.renew_canary()
        yield
    finally:
        await link.remove_toxic(RESET_TOXIC)
