"""The handler of an upstream failure returns when it has sent the error frame.

A client that waits for the end signal waits for ever (stuck in "speaking": livekit/agents #3418).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, Drained, SendEnd, SendError


class _ReturnsEarly(MessageStream):
    def finish(self, drained: Drained) -> tuple[Command, ...]:
        commands = super().finish(drained)
        has_failed = any(isinstance(command, SendError) for command in commands)
        return tuple(c for c in commands if not (has_failed and isinstance(c, SendEnd)))


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_ReturnsEarly)
