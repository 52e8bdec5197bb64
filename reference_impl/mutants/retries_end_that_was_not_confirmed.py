"""An end signal whose write is not confirmed in time is sent once more.

It had arrived all the same. One message in a hundred ends twice, so no short test sees it
(a bug that one run in thousands shows: pipecat #2704).
"""

from typing import ClassVar

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import SendEnd

UNCONFIRMED_ONE_IN = 100


class _Retries(Session):
    told: ClassVar[list[str]] = []

    def send_end(self, command: SendEnd) -> None:
        super().send_end(command)
        self.told.append(command.message_id)
        if len(self.told) % UNCONFIRMED_ONE_IN == UNCONFIRMED_ONE_IN // 2:
            super().send_end(command)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Retries)
