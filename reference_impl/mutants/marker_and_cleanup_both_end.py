"""Two places tell the client that a message is over: the end marker's and the cleanup's.

Each was right when it was written; now every message that is heard to its end has two end signals
(pipecat #453, #2704).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, Drained, SendEnd


class _EndsTwice(MessageStream):
    def finish(self, drained: Drained) -> tuple[Command, ...]:
        commands = super().finish(drained)
        return (*commands, *(command for command in commands if isinstance(command, SendEnd)))


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_EndsTwice)
