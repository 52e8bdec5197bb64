"""A new message begins with the same call as STOP, and so with the same reason.

The client is told that it stopped what it only replaced: "stopped" stands where "superseded" is
true.
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, EndReason


class _StopsFirst(MessageStream):
    def end(self, reason: EndReason) -> tuple[Command, ...]:
        return super().end(EndReason.STOPPED if reason is EndReason.SUPERSEDED else reason)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_StopsFirst)
