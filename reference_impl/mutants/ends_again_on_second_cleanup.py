"""The cleanup always tells the client, so that no client can be forgotten.

Called for a message that has ended, it ends it once more (stop without start: pipecat #453, #2704).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import CleanUpNow, Command, EndReason, SendEnd


class _EndsAgain(MessageStream):
    def clean_up(self, now: CleanUpNow) -> tuple[Command, ...]:
        commands = super().clean_up(now)
        if len(commands) > 1 or self._last_message_id is None:
            return commands
        return (*commands, SendEnd(message_id=self._last_message_id, reason=EndReason.CLEANUP))


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_EndsAgain)
