"""The end marker is handled 400 ms later by a timer that never asks whether the message is open.

A message that is stopped in between gets its end from STOP and one more from the timer; no other
message does (a race that needs both: pipecat #2704).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import AwaitDrain, EndReason

TIMER_S = 0.4


class _EndsByTimer(Session):
    def await_drain(self, command: AwaitDrain) -> None:
        message_id = self._stream.current
        assert message_id is not None, "only an open message drains"
        asyncio.get_running_loop().call_later(TIMER_S, self._time_is_up, command, message_id)

    def _time_is_up(self, command: AwaitDrain, message_id: str) -> None:
        if self._stream.current == message_id:
            super().await_drain(command)
        else:
            self.client.send_end(message_id, EndReason.COMPLETED)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_EndsByTimer)
