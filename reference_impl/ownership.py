"""One owner per resource: claim before the first await, release once, within a deadline."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class Released(Exception):
    """The resource was asked for after its release."""


class Census:
    """How many resources of each kind are held at this moment; what `/_test/resources` shows."""

    def __init__(self) -> None:
        self.held: Counter[str] = Counter()

    @contextmanager
    def holding(self, kind: str) -> Iterator[None]:
        """Count one resource of this kind for as long as the block lasts."""
        self.held[kind] += 1
        try:
            yield
        finally:
            self.held[kind] -= 1


class Owned(Generic[T]):
    """A resource and the one who holds it.

    The holder may `release` it (politely, within a deadline), `abandon` it (at once) or `transfer`
    it to another holder. Whichever comes first claims the resource; all later calls do nothing.

    Args:
        resource: what is owned from now on.
        release: the polite way to give it back; may wait.
        abandon: the way that always works and never waits; used when the polite way is late.
        census: where the resource is counted from now until it has been given back.
        kind: the name under which it is counted.
    """

    def __init__(
        self,
        resource: T,
        *,
        release: Callable[[T], Awaitable[None]],
        abandon: Callable[[T], None],
        census: Census,
        kind: str,
    ) -> None:
        self._resource: T | None = resource
        self._release = release
        self._abandon = abandon
        self._census = census
        self._kind = kind
        census.held[kind] += 1

    @property
    def is_held(self) -> bool:
        """Say whether nobody has released, abandoned or transferred it yet."""
        return self._resource is not None

    @property
    def resource(self) -> T:
        """The resource itself.

        Raises:
            Released: it has been given back or transferred.
        """
        if self._resource is None:
            raise Released(f"the {self._kind} is no longer held")
        return self._resource

    async def release(self, *, deadline_s: float) -> bool:
        """Give the resource back and say whether this call did it; a late release is cut short."""
        resource = self._claim()
        if resource is None:
            return False
        given_back = False
        try:
            async with asyncio.timeout(deadline_s):
                await self._release(resource)
            given_back = True
        except TimeoutError:
            pass  # the deadline is the answer to a peer that never answers
        finally:
            if not given_back:
                self._abandon(resource)
            self._census.held[self._kind] -= 1
        return True

    def abandon(self) -> bool:
        """Give the resource back without waiting and say whether this call did it."""
        resource = self._claim()
        if resource is None:
            return False
        self._abandon(resource)
        self._census.held[self._kind] -= 1
        return True

    def transfer(self) -> "Owned[T] | None":
        """Hand the resource to a new owner; None where there is nothing left to hand over."""
        resource = self._claim()
        if resource is None:
            return None
        self._census.held[self._kind] -= 1
        return Owned(
            resource,
            release=self._release,
            abandon=self._abandon,
            census=self._census,
            kind=self._kind,
        )

    def _claim(self) -> T | None:
        resource, self._resource = self._resource, None
        return resource


class Partings:
    """The owner of resources that were let go and are still on their way out.

    Whoever stops a message must not wait for a peer's goodbye. It hands the resource over to the
    partings, which wait in its place, each within the deadline. Leaving the block waits for all;
    being cancelled abandons all.
    """

    def __init__(self, *, deadline_s: float) -> None:
        self._deadline_s = deadline_s
        self._tasks = asyncio.TaskGroup()
        self._leaving: set[Owned[object]] = set()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._tasks.__aexit__(kind, error, trace)
        finally:
            for owned in self._leaving:
                owned.abandon()

    def admit(self, owned: Owned[T]) -> None:
        """Become the owner of what `owned` holds and see it out."""
        leaving = owned.transfer()
        if leaving is None:
            return
        self._leaving.add(leaving)  # type: ignore[arg-type]  # any resource will do
        self._tasks.create_task(self._see_out(leaving), name="parting")

    async def _see_out(self, leaving: Owned[T]) -> None:
        await leaving.release(deadline_s=self._deadline_s)
        self._leaving.discard(leaving)
