"""What is needed for a bug report is kept for each message, 20 kB, and never looked at again.

A hundred messages are two megabytes; a day is the whole machine (livekit/agents #5590).
"""

from typing import ClassVar

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import SendEnd

REPORT_BYTES = 20_000


class _Remembers(Session):
    reports: ClassVar[list[bytes]] = []

    def send_end(self, command: SendEnd) -> None:
        super().send_end(command)
        self.reports.append(command.message_id.encode() * (REPORT_BYTES // len(command.message_id)))


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Remembers)
