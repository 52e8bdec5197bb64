"""timeout. All bytes are dropped; ``timeout`` ms after the last of them the connection ends.

0 drops for ever. Taking it out ends the connection, as the stream would have a hole.
"""

from harness.toxiproxy.toxics.base import Attribute, Chunk, Settings, Signal, Stub, toxic


@toxic("timeout", Attribute(name="timeout", unit="ms"), closes_on_removal=True)
async def drop(stub: Stub, settings: Settings) -> None:
    """Drop chunks; the clock starts again with each, so a busy stream never times out."""
    within_s = settings["timeout"] / 1000 if settings["timeout"] > 0 else None
    got: Chunk | Signal = await stub.receive(within_s)
    while isinstance(got, Chunk):
        got = await stub.receive(within_s)
    if got is not Signal.INTERRUPTED:
        stub.close()
