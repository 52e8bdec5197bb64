"""bandwidth. At most ``rate`` kB/s (1000 B) per connection; 0 is a total stall that loses nothing.

Store and forward: a chunk is passed on only after the time that it needs, so each is late by its
size / rate also far below the limit.
"""

from harness.toxiproxy.toxics.base import Attribute, Chunk, Settings, Stub, toxic

SLICE_MS = 100  # a chunk that needs longer is passed on in parts of this length


@toxic("bandwidth", Attribute(name="rate", unit="kB/s", high=10_000_000))
async def limit_rate(stub: Stub, settings: Settings) -> None:
    """Let each chunk take its time; an interruption lets the held one go whole."""
    rate = settings["rate"]  # kB/s, which is bytes per ms
    owed_s = 0.0
    async for chunk in stub:
        if rate <= 0:
            await stub.pause(None)
            await stub.send(chunk)
            continue
        rest = chunk.data
        owed_s += len(rest) / rate / 1000
        while len(rest) > rate * SLICE_MS and await stub.pause(SLICE_MS / 1000):
            await stub.send(Chunk(data=rest[: rate * SLICE_MS], at_s=chunk.at_s))
            rest = rest[rate * SLICE_MS :]
            owed_s -= SLICE_MS / 1000
        began_s = stub.now_s()
        await stub.pause(owed_s)
        owed_s -= stub.now_s() - began_s  # what a timer was late is not owed again
        await stub.send(Chunk(data=rest, at_s=chunk.at_s))
