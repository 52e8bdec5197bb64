"""limit_data. The connection ends after ``bytes`` bytes, counted from connect or addition."""

from harness.toxiproxy.toxics.base import Attribute, Chunk, Settings, Stub, toxic


@toxic("limit_data", Attribute(name="bytes", unit="B", high=2**40))
async def end_after(stub: Stub, settings: Settings) -> None:
    """Pass on what is left of the limit; a lowered limit ends the connection at the next chunk."""
    async for chunk in stub:
        left = max(settings["bytes"] - stub.passed_bytes, 0)
        data = chunk.data[:left]
        if data:
            await stub.send(Chunk(data=data, at_s=chunk.at_s))
            stub.passed_bytes += len(data)
        if stub.passed_bytes >= settings["bytes"]:
            stub.close()
            return
