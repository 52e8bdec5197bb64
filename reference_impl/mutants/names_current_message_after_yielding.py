"""The end signal names the message that is current when it is sent, 40 ms behind the end marker.

If a new message has begun in between, the old one's end is told as the new one's, which goes on
speaking and ends once more (wrong turn: pipecat #754).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import AwaitDrain, EndReason

YIELD_S = 0.04


class _NamesCurrent(Session):
    def await_drain(self, command: AwaitDrain) -> None:
        last = self._stream.current
        asyncio.get_running_loop().call_later(YIELD_S, self._tell, command, last)

    def _tell(self, command: AwaitDrain, last: str | None) -> None:
        if self._stream.current == last:
            super().await_drain(command)
        elif self._stream.current is not None:
            self.client.send_end(self._stream.current, EndReason.COMPLETED)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_NamesCurrent)
