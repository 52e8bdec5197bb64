"""A recorder that can be waited for: it writes as ever, and remembers what it wrote."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from harness.engine.recorder import Recorder, open_recorder
from harness.model.clock import MonotonicClock

DEADLINE_S = 10.0
Heard = tuple[str, dict[str, Any]]


class Hearing(Recorder):
    """Hands everything on to the recorder; ``heard`` is (kind, data) in the order of writing."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._changed = asyncio.Event()
        self.heard: list[Heard] = []

    def record(self, source: str, kind: str, data: Any = None, **fields: Any) -> int:  # noqa: ANN401 - as its parent
        number = self._recorder.record(source, kind, data, **fields)
        self.heard.append((kind, msgspec.to_builtins(data)))
        self._changed.set()
        return number

    def of(self, *kinds: str) -> list[Heard]:
        return [heard for heard in self.heard if heard[0] in kinds]

    async def until(self, is_done: Callable[[], bool]) -> None:
        """Wait for a fact that events bring about."""
        async with asyncio.timeout(DEADLINE_S):
            while not is_done():
                self._changed.clear()
                await self._changed.wait()


@contextmanager
def hearing(folder: Path) -> Iterator[Hearing]:
    with open_recorder(folder / "harness.jsonl", MonotonicClock()) as recorder:
        yield Hearing(recorder)
