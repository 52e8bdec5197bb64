"""STOP is obeyed when 225 ms have passed without another one, as one treats a bouncing button.

Commands are read at once, so a PING is answered at once; the speech goes on for three frames
(pipecat #754, #3986).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import Stop

BOUNCE_S = 0.225


class _Debounces(Session):
    async def take_stop(self, stop: Stop) -> None:
        if self._stream.current is not None:
            of_this_message = Stop(message_id=stop.message_id or self._stream.current)
            self._tasks.create_task(self._stop_later(of_this_message), name="debounce")

    async def _stop_later(self, stop: Stop) -> None:
        await asyncio.sleep(BOUNCE_S)
        await super().take_stop(stop)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Debounces)
