"""Other policies than the relay's own, as parts: messages that wait, and speech fetched ahead.

The relay itself supersedes and fetches nothing ahead; several of its right variants do.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine, Iterable
from typing import Any, Literal

from reference_impl.framing import Chunker
from reference_impl.ownership import Released
from reference_impl.relay import Session
from reference_impl.vocabulary import (
    Ending,
    EndReason,
    Failure,
    Input,
    Rejected,
    SendEnd,
    Speak,
)

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
    """Keeps the pieces of a stream that is fetched before its turn; None ends them."""

    def __init__(self) -> None:
        self.pieces: asyncio.Queue[bytes | None] = asyncio.Queue()

    def feed(self, pcm: bytes) -> Iterable[bytes]:
        """Keep the samples, and pass on nothing."""
        self.pieces.put_nowait(pcm)
        return ()


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
