"""A superseded stream is given 80 ms to finish its word before it is let go of.

The new request does not wait for that, so two streams of one session are live for a moment in each
turn (livekit/agents #6078).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import CleanUp

WORD_S = 0.08


class _FinishesWord(Session):
    def clean_up(self, command: CleanUp) -> None:
        if command.cause == "superseded" and self._exchange is not None:
            asyncio.get_running_loop().call_later(WORD_S, self._exchange.release)
            self._exchange, self._upstream_turn = None, asyncio.Lock()
        super().clean_up(command)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_FinishesWord)
