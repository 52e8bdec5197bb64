"""The contract of a toxic.

A toxic is a coroutine function that moves chunks from a stub's input to its output. It returns
when it was interrupted (to be changed, moved or taken out) or when it has closed the stub. Its
attributes with their ranges are those of the real server; the client refuses what lies outside,
for some such numbers end the real server's process.
"""

import random
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol

from harness.model.registry import Registry

HOUR_MS = 3_600_000
Settings = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A whole number between ``low`` and ``high``; ``unit`` is for people."""

    name: str
    unit: str
    low: int = 0
    high: int = HOUR_MS
    is_required: bool = False
    """The real server's default, 0, lies outside the range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Bytes as one read returned them, and when that was (seconds of the event loop's clock)."""

    data: bytes
    at_s: float


class Signal(Enum):
    """What can come instead of a chunk."""

    INTERRUPTED = auto()
    ENDED = auto()
    """The source has ended and nothing is left."""
    LATE = auto()
    """The time given has passed."""


class Stub(Protocol):
    """What a toxic sees of the link that it sits in."""

    passed_bytes: int
    """A counter that outlives changes of the toxic's attributes; for toxics that have a memory."""
    chance: random.Random

    def now_s(self) -> float:
        """Return seconds of the event loop's clock."""

    def __aiter__(self) -> AsyncIterator[Chunk]:
        """Iterate over chunks until the stub is interrupted or, closing it, the source ends."""

    async def receive(self, within_s: float | None = None) -> Chunk | Signal:
        """Return the next chunk, or why there is none."""

    async def send(self, chunk: Chunk) -> None:
        """Pass a chunk on, after waiting for room; when interrupted, without waiting."""

    async def pause(self, seconds: float | None) -> bool:
        """Wait (None: without end); return False as soon as the stub is interrupted."""

    def close(self) -> None:
        """Let the other side see the end."""


Pipe = Callable[[Stub, Settings], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToxicType:
    """One member of the family."""

    name: str
    attributes: tuple[Attribute, ...]
    pipe: Pipe
    buffer_chunks: int
    closes_on_removal: bool
    resets: bool
    """A connection that begins under it ends by RST, in both directions, for good."""


TOXICS: Registry[ToxicType] = Registry("harness.toxiproxy.toxics", "toxic")


def toxic(
    name: str,
    *attributes: Attribute,
    buffer_chunks: int = 1,
    closes_on_removal: bool = False,
    resets: bool = False,
) -> Callable[[Pipe], Pipe]:
    """Register the decorated coroutine function as the toxic called ``name``."""

    def register(pipe: Pipe) -> Pipe:
        member = ToxicType(
            name=name,
            attributes=attributes,
            pipe=pipe,
            buffer_chunks=buffer_chunks,
            closes_on_removal=closes_on_removal,
            resets=resets,
        )
        TOXICS.register(name, member, module=pipe.__module__)
        return pipe

    return register
