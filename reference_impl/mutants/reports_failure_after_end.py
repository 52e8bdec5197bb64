"""The upstream's failure is told by an exception handler outside the block that ends the message.

So the error frame comes behind the end signal, at a client that has already closed the message
(frames behind the stop frame: pipecat #2484).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, Drained, SendError


class _TellsLate(MessageStream):
    def finish(self, drained: Drained) -> tuple[Command, ...]:
        commands = super().finish(drained)
        return tuple(sorted(commands, key=lambda command: isinstance(command, SendError)))


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_TellsLate)
