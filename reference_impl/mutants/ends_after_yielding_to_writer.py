"""Between the end marker and the end signal the handler awaits the writer, for 10 ms.

Whether the message is still open was asked before that. A STOP in those 10 ms ends it, and then the
handler does (stop and marker at once: pipecat #2704).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import AwaitDrain, EndReason

WRITER_S = 0.01


class _Yields(Session):
    def await_drain(self, command: AwaitDrain) -> None:
        message_id = self._stream.current
        assert message_id is not None, "only an open message drains"
        asyncio.get_running_loop().call_later(WRITER_S, self._written, command, message_id)

    def _written(self, command: AwaitDrain, message_id: str) -> None:
        if self._stream.current == message_id:
            super().await_drain(command)
        else:
            self.client.send_end(message_id, EndReason.COMPLETED)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Yields)
