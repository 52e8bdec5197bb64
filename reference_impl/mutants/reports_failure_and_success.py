"""A handler sends the error frame, and a block that always runs sends the end signal.

That block knows one reason only: a stream that broke off is told as completed (resolves at once,
for whatever cause: livekit/agents #4650).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, EndReason


class _SaysBoth(MessageStream):
    def end(self, reason: EndReason) -> tuple[Command, ...]:
        is_failure = reason is EndReason.UPSTREAM_ERROR
        return super().end(EndReason.COMPLETED if is_failure else reason)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_SaysBoth)
