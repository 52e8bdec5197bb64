"""The completion budget is a timer that nobody disarms, and that ends whatever is open then.

One second after a message has ended the next one is cut off in mid-stream, though its upstream
speaks (a safety timer that completes something else: livekit/agents #4650).
"""

import asyncio

from reference_impl import server
from reference_impl.message_stream import Phase
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import Ending, EndReason, SendEnd, UpstreamEnded


class _NeverDisarms(Session):
    def send_end(self, command: SendEnd) -> None:
        super().send_end(command)
        budget_s = self._settings.completion_idle_ms / 1000
        asyncio.get_running_loop().call_later(budget_s, self._expire)

    def _expire(self) -> None:
        if self._stream.phase is Phase.STREAMING and self._exchange is not None:
            ending = Ending(reason=EndReason.TIMEOUT)
            expired = UpstreamEnded(exchange=self._exchange.number, ending=ending)
            self._tasks.create_task(self.post(expired), name="expire")


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_NeverDisarms)
