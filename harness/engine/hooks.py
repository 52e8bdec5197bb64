"""The SUT's test hooks over HTTP: its cleanup is called, its own count of resources is read."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from harness.engine.recorder import clean
from harness.model.events import CleanupData
from harness.model.operations import CallCleanup

ANSWER_DEADLINE_S = 2.0
BODY_BYTES_MAX = 1 << 20
COUNT_MAX = 1e15
# That of aiohttp 3.14 loses a cancel that comes in the same turn of the loop: who watches a hook
# would then watch it for ever.
NO_TIMEOUT = aiohttp.ClientTimeout(total=None)

Record = Callable[[str, CleanupData], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """The hooks of one SUT that runs; an address of None is a hook that it does not have."""

    http: aiohttp.ClientSession
    cleanup: str | None
    resources: str | None

    async def call_cleanup(self, operation: CallCleanup, *, session: str, record: Record) -> None:
        """Call the cleanup of a session, one call after the other or all at once."""
        if self.cleanup is None:
            return
        url = self.cleanup.replace("{session}", session)
        numbers = range(1, operation.times + 1)
        if not operation.at_once:
            for number in numbers:
                await self._call(url, operation, number, record)
            return
        async with asyncio.TaskGroup() as calls:
            for number in numbers:
                call = self._call(url, operation, number, record)
                calls.create_task(call, name=f"cleanup-{session}-{number}")

    async def _call(self, url: str, operation: CallCleanup, number: int, record: Record) -> None:
        times, at_once = operation.times, operation.at_once
        record("cleanup_called", CleanupData(call=number, times=times, at_once=at_once))
        try:
            async with asyncio.timeout(ANSWER_DEADLINE_S), self.http.post(url) as response:
                status, text = response.status, await _text_of(response)
        except (aiohttp.ClientError, TimeoutError) as error:
            status, text = 0, str(error) or "no answer in time"
        answer = CleanupData(
            call=number,
            times=times,
            at_once=at_once,
            status=status,
            text=clean(text),
        )
        record("cleanup_answered", answer)

    async def held(self) -> dict[str, float] | None:
        """Return the numbers that the SUT says it holds; None where it does not say."""
        if self.resources is None:
            return None
        try:
            async with (
                asyncio.timeout(ANSWER_DEADLINE_S),
                self.http.get(self.resources) as response,
            ):
                document = json.loads(await _text_of(response))
        except (aiohttp.ClientError, TimeoutError, ValueError, RecursionError):
            return None
        if response.status != 200 or not isinstance(document, dict):
            return None
        return {clean(name): float(value) for name, value in document.items() if _counts(value)}


async def _text_of(response: aiohttp.ClientResponse) -> str:
    """Return the beginning of an answer, whatever it says of its own encoding."""
    body = b""
    while len(body) < BODY_BYTES_MAX and (piece := await response.content.read(BODY_BYTES_MAX)):
        body += piece
    return body[:BODY_BYTES_MAX].decode("utf-8", "replace")


def _counts(value: object) -> bool:
    """Tell whether it is a number that can be compared with others."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and -COUNT_MAX < value < COUNT_MAX  # type: ignore[operator]


@asynccontextmanager
async def open_hooks(*, cleanup: str | None, resources: str | None) -> AsyncIterator[Hooks]:
    """Yield the hooks of a SUT; connections are not kept, since they would count as its sockets."""
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(timeout=NO_TIMEOUT, connector=connector) as http:
        yield Hooks(http=http, cleanup=cleanup, resources=resources)
