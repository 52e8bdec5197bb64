"""A safety timer completes what nobody else has completed, so it says "completed".

A stream that stalled in mid-sentence is told as heard to its end (resolves at once: livekit/agents
#4650).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, EndReason


class _CallsItCompleted(MessageStream):
    def end(self, reason: EndReason) -> tuple[Command, ...]:
        return super().end(EndReason.COMPLETED if reason is EndReason.TIMEOUT else reason)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_CallsItCompleted)
