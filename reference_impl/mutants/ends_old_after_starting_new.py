"""A new message is begun first, for speed, and the old one's end is told when there is time.

Nothing is heard wrongly; but the client is told of a start inside an open message, and of an end
inside the next (start and stop out of order: pipecat #2704).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, Speak


class _EndsBehind(MessageStream):
    def supersede(self, speak: Speak) -> tuple[Command, ...]:
        cleanup, end, *begun = super().supersede(speak)
        return (cleanup, *begun, end)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_EndsBehind)
