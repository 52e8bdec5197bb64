"""A STOP while nothing is spoken leaves the session stopped, until somebody asks in vain.

The flag is there to keep a late message silent; it is taken back by the first one that it refuses.
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, Failure, Input, SendError, Speak, Stop

STOPPED = Failure(code="session_stopped", message="The session has been stopped; ask again.")


class _StaysStopped(MessageStream):
    _is_stopped = False

    def receive(self, arrived: Input) -> tuple[Command, ...]:
        if isinstance(arrived, Stop) and self.current is None:
            self._is_stopped = True
        if self._is_stopped and isinstance(arrived, Speak):
            self._is_stopped = False
            return (SendError(message_id=arrived.message_id, failure=STOPPED),)
        return super().receive(arrived)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_StaysStopped)
