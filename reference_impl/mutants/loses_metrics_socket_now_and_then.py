"""Metrics go out by UDP in batches of fifty messages, each batch by a new socket.

The old one is not closed, since somebody might still be sending on it: a slow leak that no short
test sees (python-sdks #449).
"""

import socket
from typing import ClassVar

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import SendEnd

BATCH = 50


class _Measures(Session):
    sockets: ClassVar[list[socket.socket]] = []
    told: ClassVar[list[str]] = []

    def send_end(self, command: SendEnd) -> None:
        self.told.append(command.reason.value)
        if len(self.told) % BATCH == 0:
            self.sockets.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        super().send_end(command)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Measures)
