"""The start signal is sent by a task of its own, 80 ms after the request was taken.

A message that is superseded before that has its start behind its end (a second start out of
nowhere: pipecat #2704).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import SendStart

TASK_S = 0.08


class _StartsLater(Session):
    def send_start(self, command: SendStart) -> None:
        asyncio.get_running_loop().call_later(TASK_S, super().send_start, command)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_StartsLater)
