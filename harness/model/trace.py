"""The trace of a run: parts written by several processes, read as one stream of events."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from harness.model.events import Event

CHUNK_BYTES = 1 << 20


@dataclass(slots=True)
class Reading:
    """What was met while the parts were read; complete once the events are used up."""

    events: int = 0
    lines_lost: dict[str, int] = field(default_factory=dict)
    is_tail_cut: bool = False


def read_events(parts: list[Path], reading: Reading) -> Iterator[Event]:
    """Yield the events of all parts in the order of (at_ns, source, seq).

    A line that is no event is counted in ``reading``; a last line without its newline is what a
    killed writer leaves, and is passed over.
    """
    streams = [_read_part(part, reading) for part in parts]
    if len(streams) == 1:
        yield from streams[0]
        return
    yield from heapq.merge(*streams, key=_order)


def _order(event: Event) -> tuple[int, str, int]:
    return (event.at_ns, event.source, event.seq)


def _read_part(part: Path, reading: Reading) -> Iterator[Event]:
    decode = msgspec.json.Decoder(Event).decode
    rest = b""
    with part.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            for line in lines:
                try:
                    event = decode(line)
                except msgspec.DecodeError:
                    lost = reading.lines_lost
                    lost[part.name] = lost.get(part.name, 0) + 1
                    continue
                reading.events += 1
                yield event
    if rest:
        reading.is_tail_cut = True
