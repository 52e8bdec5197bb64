"""Other policies than the relay's own, as parts: messages that wait, and speech fetched ahead.

The relay itself supersedes and fetches nothing ahead; several of its right variants do.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine, Iterable, Iterator
from typing import Any, Literal

from reference_impl.framing import Chunker
from reference_impl.ownership import Released
from reference_impl.relay import Exchange, Session
from reference_impl.vocabulary import (
    Ending,
    EndReason,
    Failure,
    Input,
    Rejected,
    SendEnd,
    Speak,
)

PIECES_MAX = 256  # about a megabyte, or twenty seconds of speech

_DUPLICATE = Failure(code="duplicate_message_id", message="The message id has been used.")


class QueueingSession(Session):
    """A session in which a message that comes while another is spoken waits for its turn.

    An id that was used is refused at once. ``waiting`` are the messages whose turn has not come.
    """

    _is_busy = False

    async def post(self, arrived: Input) -> None:
        """Hand an input over, or keep a message until its turn."""
        if isinstance(arrived, Speak):
            if arrived.message_id in self._asked:
                arrived = Rejected(message_id=arrived.message_id, failure=_DUPLICATE)
            else:
                self._asked.add(arrived.message_id)
                if self._is_busy:
                    self.waiting.append(arrived)
                    return
                self._is_busy = True
        await super().post(arrived)

    def send_end(self, command: SendEnd) -> None:
        """Send the end signal; it is the turn of the next message."""
        super().send_end(command)
        self._is_busy = bool(self.waiting)
        if self.waiting:
            self._tasks.create_task(super().post(self.waiting.popleft()), name="next")

    async def run(self) -> None:
        """Live with an empty queue at first."""
        self.waiting: deque[Speak] = deque()
        self._asked: set[str] = set()
        await super().run()


class Fetched(Chunker):
    """Keeps the pieces of a stream that is fetched before its turn, as many as may wait."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._has_room = asyncio.Event()

    def feed(self, pcm: bytes) -> Iterable[bytes]:
        """Keep the samples, and pass on nothing: what is returned says where they are."""
        self._pieces.put_nowait(pcm)
        return Held(self)

    def end(self) -> None:
        """Keep that nothing more comes."""
        self._pieces.put_nowait(None)

    async def next(self) -> bytes | None:
        """Return the next piece; None at the end."""
        piece = await self._pieces.get()
        self._has_room.set()
        return piece

    async def room(self) -> None:
        """Wait until fewer pieces wait than may."""
        while self._pieces.qsize() >= PIECES_MAX:
            self._has_room.clear()
            await self._has_room.wait()


class Held:
    """No frames, and the place where the samples wait that could be some."""

    def __init__(self, fetched: Fetched) -> None:
        self.fetched = fetched

    def __iter__(self) -> Iterator[bytes]:
        """Yield nothing."""
        return iter(())


class PrefetchingSession(Session):
    """A session that fetches ahead, no further than there is room for."""

    async def pass_on(self, exchange: Exchange, frames: Iterable[bytes]) -> None:
        """Bring frames to the client, or wait until what is fetched ahead has room."""
        if isinstance(frames, Held):
            await frames.fetched.room()
        else:
            await super().pass_on(exchange, frames)


async def while_held(stream: Coroutine[Any, Any, Ending]) -> Ending:
    """Return the ending of a stream that is fetched in a task of its own.

    Who lets go of the message lets go of its stream at once, and this task hears of it a turn of
    the loop later: till then it may find that it holds nothing any more.
    """
    try:
        return await stream
    except Released:
        return Ending(reason=EndReason.CLEANUP)


class SeveralAtOnce(asyncio.Lock):
    """A turn that everybody may have: several upstream streams are live at once."""

    async def acquire(self) -> Literal[True]:
        """Wait for nobody."""
        return True

    def release(self) -> None:
        """Give back nothing."""
