"""latency. Each chunk is late by ``latency`` ± ``jitter`` ms, in order; connect and end are not."""

from harness.toxiproxy.toxics.base import Attribute, Settings, Stub, toxic

BUFFER_CHUNKS = 1024  # the real server's; more in flight slows the source


@toxic(
    "latency",
    Attribute(name="latency", unit="ms"),
    Attribute(name="jitter", unit="ms"),
    buffer_chunks=BUFFER_CHUNKS,
)
async def delay(stub: Stub, settings: Settings) -> None:
    """Hold each chunk until its time has come; an interruption lets the held one go."""
    jitter = max(settings["jitter"], 0)
    async for chunk in stub:
        late_ms = settings["latency"]
        if jitter > 0:
            late_ms += stub.chance.randrange(-jitter, jitter)
        await stub.pause(chunk.at_s + late_ms / 1000 - stub.now_s())
        await stub.send(chunk)
