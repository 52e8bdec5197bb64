"""Each message has a task that writes a heartbeat for the monitoring, and nobody ends it.

It belongs to the session, so all of them are gone when the user goes; one long conversation has
hundreds (memory leaks over hours: livekit/agents #2228).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import OpenUpstream

BEAT_S = 30.0


class _Beats(Session):
    def open_upstream(self, command: OpenUpstream) -> None:
        super().open_upstream(command)
        self._tasks.create_task(self._beat(command.exchange), name=f"heartbeat-{command.exchange}")

    async def _beat(self, exchange: int) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            self._journal.note("heartbeat", session=self.session_id, exchange=exchange)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Beats)
