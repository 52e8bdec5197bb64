"""A message that comes while another is spoken waits for its turn: declared as queue.

STOP stops the one that is spoken; the next one follows. An id that was used is refused at once.
"""

from collections import deque

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import Failure, Input, Rejected, SendEnd, Speak

_DUPLICATE = Failure(code="duplicate_message_id", message="The message id has been used.")


class _Queues(Session):
    _is_busy = False

    async def post(self, arrived: Input) -> None:
        if isinstance(arrived, Speak):
            if arrived.message_id in self._asked:
                arrived = Rejected(message_id=arrived.message_id, failure=_DUPLICATE)
            else:
                self._asked.add(arrived.message_id)
                if self._is_busy:
                    self._waiting.append(arrived)
                    return
                self._is_busy = True
        await super().post(arrived)

    def send_end(self, command: SendEnd) -> None:
        super().send_end(command)
        self._is_busy = bool(self._waiting)
        if self._waiting:
            self._tasks.create_task(super().post(self._waiting.popleft()), name="next")

    async def run(self) -> None:
        self._waiting: deque[Speak] = deque()
        self._asked: set[str] = set()
        await super().run()


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_Queues)
