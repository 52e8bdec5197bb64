"""Whatever ends a stream from outside is caught in one place, logged there, and cleaned up.

The client is told "cleanup" and no error: it cannot know that the provider failed, and never asks
again.
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, Drained, Ending, EndReason


class _Swallows(MessageStream):
    def finish(self, drained: Drained) -> tuple[Command, ...]:
        if self._ending is not None and self._ending.reason is not EndReason.COMPLETED:
            self._ending = Ending(reason=EndReason.CLEANUP)
        return super().finish(drained)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_Swallows)
