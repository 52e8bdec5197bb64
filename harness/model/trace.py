"""The trace of a run: parts written by several processes, read as one stream of events."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import msgspec

from harness.model.events import Event

CHUNK_BYTES = 1 << 16

_decoder = msgspec.json.Decoder(Event)


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
    streams = [chain.from_iterable(_read_part(part, reading)) for part in parts]
    return functools.reduce(_merge, streams) if streams else iter(())


def _merge(one: Iterator[Event], other: Iterator[Event]) -> Iterator[Event]:
    """Yield the events of two streams by their order; ``one`` comes first where it is the same.

    A run has two parts, and for two this is three times as fast as ``heapq.merge``.
    """
    left = next(one, None)
    for right in other:
        while left is not None and (
            left.at_ns < right.at_ns or (left.at_ns == right.at_ns and _is_first(left, right))
        ):
            yield left
            left = next(one, None)
        yield right
    if left is not None:
        yield left
        yield from one


def _is_first(one: Event, other: Event) -> bool:
    return (one.source, one.seq) <= (other.source, other.seq)


def _read_part(part: Path, reading: Reading) -> Iterator[list[Event]]:
    rest = b""
    with part.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            whole, newline, rest = (rest + chunk).rpartition(b"\n")
            events = _decode_lines(whole + newline, part, reading)
            reading.events += len(events)
            yield events
    if rest:
        reading.is_tail_cut = True


def _decode_lines(lines: bytes, part: Path, reading: Reading) -> list[Event]:
    """Return the events of whole lines: all at once, or one by one if any of them is none."""
    try:
        events = _decoder.decode_lines(lines)
    except msgspec.DecodeError:
        events = []
    if len(events) == lines.count(b"\n"):
        return events
    events = []
    for line in lines.split(b"\n")[:-1]:
        try:
            events.append(_decoder.decode(line))
        except msgspec.DecodeError:
            reading.lines_lost[part.name] = reading.lines_lost.get(part.name, 0) + 1
    return events
