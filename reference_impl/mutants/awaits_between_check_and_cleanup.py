"""The cleanup asks whether a message is open, awaits something, and then ends that message.

One call after the other is harmless. Of three at once each has seen the message open, and each ends
it (a race that needs both: pipecat #2704).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import CleanUp, EndReason

STORE_S = 0.03


class _ChecksFirst(Session):
    async def call_cleanup(self) -> CleanUp | None:
        message_id = self._stream.current
        await asyncio.sleep(STORE_S)  # until the state of the message has been stored
        cleanup = await super().call_cleanup()
        if message_id is not None and cleanup is not None and not cleanup.effective:
            self.client.send_end(message_id, EndReason.CLEANUP)
        return cleanup


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_ChecksFirst)
