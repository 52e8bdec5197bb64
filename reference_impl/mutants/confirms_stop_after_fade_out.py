"""STOP is obeyed at once, but confirmed only 700 ms later, when the player's fade-out is over.

Until then the user's next words meet a platform that believes itself speaking (pipecat #4638).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import EndReason, SendEnd

FADE_OUT_S = 0.7


class _FadesOut(Session):
    def send_end(self, command: SendEnd) -> None:
        delay_s = FADE_OUT_S if command.reason is EndReason.STOPPED else 0
        asyncio.get_running_loop().call_later(delay_s, super().send_end, command)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_FadesOut)
