"""reset_peer. The first byte, or the end, starts ``timeout`` ms; then the connection is cut.

It is cut by RST where the connection began under this toxic, else by FIN. Bytes are dropped.
Nothing stops a pending cut, not even taking the toxic out.
"""

import asyncio

from harness.toxiproxy.toxics.base import Attribute, Settings, Signal, Stub, toxic


@toxic("reset_peer", Attribute(name="timeout", unit="ms"), resets=True)
async def cut(stub: Stub, settings: Settings) -> None:
    """Wait for the first byte, then for the time, deaf to interruptions; then close."""
    if await stub.receive() is not Signal.INTERRUPTED:
        await asyncio.sleep(max(settings["timeout"], 0) / 1000)
        stub.close()
