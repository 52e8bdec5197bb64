"""slicer. A chunk leaves in slices of ``average_size`` ± ``size_variation`` B, ``delay`` µs apart.

A slice takes about 0.2 ms besides its delay, so small slices can fall behind real time.
"""

import random

from harness.toxiproxy.toxics.base import Attribute, Chunk, Settings, Stub, toxic

BYTES_MAX = 2**30


@toxic(
    "slicer",
    # 0 or less makes the real server recurse until it dies, with every stream of every proxy.
    Attribute(name="average_size", unit="B", low=1, high=BYTES_MAX, is_required=True),
    Attribute(name="size_variation", unit="B", high=BYTES_MAX),
    Attribute(name="delay", unit="µs", high=60_000_000),
)
async def slice_up(stub: Stub, settings: Settings) -> None:
    """Send slice by slice; an interruption sends the rest in one piece."""
    async for chunk in stub:
        data, start = chunk.data, 0
        for end in _ends(len(data), settings, stub.chance):
            await stub.send(Chunk(data=data[start:end], at_s=chunk.at_s))
            start = end
            if not await stub.pause(settings["delay"] / 1_000_000):
                break
        if start < len(data):
            await stub.send(Chunk(data=data[start:], at_s=chunk.at_s))


def _ends(size: int, settings: Settings, chance: random.Random) -> list[int]:
    """Return where the slices of a chunk end: halves of halves, each cut shifted by chance."""
    variation = max(settings["size_variation"], 0)
    enough = max(settings["average_size"], 1) + variation
    ends, open_parts = [], [(0, size)]
    while open_parts:
        start, end = open_parts.pop()
        if end - start <= enough:
            ends.append(end)
            continue
        shift = chance.randrange(-variation, variation) if variation else 0
        middle = min(max(start + (end - start) // 2 + shift, start + 1), end - 1)
        open_parts += [(middle, end), (start, middle)]
    return ends
