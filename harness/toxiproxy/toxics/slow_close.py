"""slow_close. The end of the stream is seen ``delay`` ms late; bytes are not held."""

from harness.toxiproxy.toxics.base import Attribute, Chunk, Settings, Signal, Stub, toxic


@toxic("slow_close", Attribute(name="delay", unit="ms"))
async def delay_end(stub: Stub, settings: Settings) -> None:
    """Pass chunks on; after the last, wait. Taking the toxic out lets the end through at once."""
    got: Chunk | Signal = await stub.receive()
    while isinstance(got, Chunk):
        await stub.send(got)
        got = await stub.receive()
    if got is Signal.ENDED and await stub.pause(settings["delay"] / 1000):
        stub.close()
