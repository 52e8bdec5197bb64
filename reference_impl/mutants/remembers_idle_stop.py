"""STOP sets an event and a message that begins looks at it; a STOP without a message leaves it set.

The next message ends with its first chunk, as if it had been stopped (interrupted before it starts:
pipecat #3986).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream, Phase
from reference_impl.planting import replace
from reference_impl.vocabulary import AudioArrived, Command, EndReason, Input, Stop


class _StaysSet(MessageStream):
    _is_set = False

    def receive(self, arrived: Input) -> tuple[Command, ...]:
        if isinstance(arrived, Stop) and self.phase is Phase.IDLE:
            self._is_set = True
        if isinstance(arrived, AudioArrived) and self._is_set and not self.is_late(arrived):
            arrived = Stop()
        return super().receive(arrived)

    def end(self, reason: EndReason) -> tuple[Command, ...]:
        self._is_set = False
        return super().end(reason)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_StaysSet)
