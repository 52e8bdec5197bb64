"""STOP starts two tasks, one for the upstream and one for the client, and awaits neither.

Which of them is done first is a matter of chance: the other one comes 80 ms behind it. All limits
are kept, and no client can build on an order.
"""

import asyncio
from random import Random
from typing import ClassVar

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import CleanUp, EndReason, SendEnd

SECOND_S = 0.08


class _Races(Session):
    chance: ClassVar[Random] = Random(5)
    _release_wins = True

    def clean_up(self, command: CleanUp) -> None:
        self._release_wins = command.cause != "stop" or self.chance.random() < 0.5
        super().clean_up(command)

    def release_upstream(self) -> None:
        if self._exchange is not None and not self._release_wins:
            asyncio.get_running_loop().call_later(SECOND_S, self._exchange.release)
            self._exchange = None
        super().release_upstream()

    def send_end(self, command: SendEnd) -> None:
        if command.reason is EndReason.STOPPED and self._release_wins:
            asyncio.get_running_loop().call_later(SECOND_S, super().send_end, command)
        else:
            super().send_end(command)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Races)
