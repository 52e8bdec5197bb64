"""STOP is obeyed at once and confirmed when the upstream's goodbye must have come, after 375 ms.

For so long the client believes that its platform is still speaking (pipecat #4638, #5874).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import EndReason, SendEnd

GOODBYE_S = 0.375


class _WaitsForGoodbye(Session):
    def send_end(self, command: SendEnd) -> None:
        if command.reason is EndReason.STOPPED:
            asyncio.get_running_loop().call_later(GOODBYE_S, super().send_end, command)
        else:
            super().send_end(command)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_WaitsForGoodbye)
