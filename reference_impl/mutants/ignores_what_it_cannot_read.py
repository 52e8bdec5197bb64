"""A frame that cannot be read is logged at debug level and skipped.

The server is robust; the client that misspelt a key waits for an answer that never comes.
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, Rejected


class _Ignores(MessageStream):
    def reject(self, _: Rejected) -> tuple[Command, ...]:
        return ()


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_Ignores)
