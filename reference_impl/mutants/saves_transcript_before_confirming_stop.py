"""What was heard until STOP is saved by a blocking call, which takes 1.5 s for every STOP.

The event loop stands still in that time, for all users. Nothing but the relay itself is slow, so
nothing excuses it.
"""

import time

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import EndReason, SendEnd

SAVING_S = 1.5


class _Saves(Session):
    def send_end(self, command: SendEnd) -> None:
        if command.reason is EndReason.STOPPED:
            time.sleep(SAVING_S)
        super().send_end(command)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Saves)
