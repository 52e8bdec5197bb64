"""The start signal takes its id from the session's state, which is set one line further down.

Each message but the first is announced under its predecessor's name and ends under its own.
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, SendStart, Speak


class _NamesLast(MessageStream):
    def begin(self, speak: Speak) -> tuple[Command, ...]:
        message_id = self._last_message_id or speak.message_id
        cleanup, _, opened = super().begin(speak)
        return (cleanup, SendStart(message_id=message_id), opened)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_NamesLast)
