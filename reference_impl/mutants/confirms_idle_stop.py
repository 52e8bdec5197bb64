"""STOP always answers with an end signal, also when there is nothing to stop.

It names the last message, which has ended before, so that one has two (stop without start: pipecat
#453).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream, Phase
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, EndReason, Input, SendEnd, Stop


class _AlwaysConfirms(MessageStream):
    def receive(self, arrived: Input) -> tuple[Command, ...]:
        last = self._last_message_id
        if isinstance(arrived, Stop) and self.phase is Phase.IDLE and last is not None:
            return (SendEnd(message_id=last, reason=EndReason.STOPPED),)
        return super().receive(arrived)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_AlwaysConfirms)
