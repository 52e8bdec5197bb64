"""The completion budget: how long a silent upstream may keep a message open."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


class BudgetExpired(Exception):
    """The upstream was silent for longer than its budget."""


class CompletionBudget:
    """Counts from the opening of an upstream stream, then from each of its bytes.

    It runs only while somebody waits for the upstream: the time in which a slow client keeps us
    from reading is not the upstream's silence.
    """

    def __init__(self, *, first_byte_ms: int, idle_ms: int) -> None:
        self._first_byte_s = first_byte_ms / 1000
        self._idle_s = idle_ms / 1000
        self._first_byte_due_at: float | None = None
        self._is_first_byte_due = True

    @property
    def is_opened(self) -> bool:
        """Say whether the request has been sent, so that silence counts."""
        return self._first_byte_due_at is not None

    def opened(self) -> None:
        """Start the budget: the request has just been sent."""
        self._first_byte_due_at = asyncio.get_running_loop().time() + self._first_byte_s

    def byte_arrived(self) -> None:
        """Note that the upstream is not silent."""
        self._is_first_byte_due = False

    def due_at(self) -> float:
        """Return the loop time at which a wait that begins now has to end."""
        if self._is_first_byte_due and self._first_byte_due_at is not None:
            return self._first_byte_due_at
        return asyncio.get_running_loop().time() + self._idle_s

    async def wait_for(self, receive: Callable[[], Awaitable[T]]) -> T:
        """Return what `receive` brings within the budget.

        What had come by the time that the budget ran out is in time: where this process was held
        up, it was not the upstream that was silent.

        Raises:
            BudgetExpired: the upstream was silent for too long.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self.due_at()):
                return await receive()
        try:
            async with asyncio.timeout(0):
                return await receive()
        except TimeoutError as late:
            raise self.expired() from late

    def expired(self) -> Exception:
        """Return what is raised when the budget has run out."""
        return BudgetExpired("the upstream was silent for too long")
