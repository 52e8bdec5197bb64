"""A STOP is confirmed first, and the upstream is let go behind that: in this order every time.

The user sees at once that the command has arrived; nothing else is done in between.
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, Stop


class _ConfirmsFirst(MessageStream):
    def stop(self, stop: Stop) -> tuple[Command, ...]:
        cleanup, *confirmed = super().stop(stop)
        return (*confirmed, cleanup)


def plant() -> None:
    """Put it in its place."""
    replace(relay, "MessageStream", by=_ConfirmsFirst)
