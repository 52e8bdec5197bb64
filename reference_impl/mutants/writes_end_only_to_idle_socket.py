"""The end signal is written at once where the socket is idle, and else by a callback that is lost.

One time in twenty the socket is busy at that moment, and the client stays "speaking" until its next
message (stuck in "speaking": livekit/agents #3418).
"""

from typing import ClassVar

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import EndReason, SendEnd

BUSY_ONE_IN = 20


class _OnlyIfIdle(Session):
    completed: ClassVar[list[str]] = []

    def send_end(self, command: SendEnd) -> None:
        if command.reason is EndReason.COMPLETED:
            self.completed.append(command.message_id)
            if len(self.completed) % BUSY_ONE_IN == 0:
                return
        super().send_end(command)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_OnlyIfIdle)
