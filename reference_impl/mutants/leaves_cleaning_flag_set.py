"""A flag keeps new messages out while the cleanup is under way, and nobody takes it back.

The session looks alive, answers pings and STOPs, and refuses whatever it is asked to speak.
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import CleanUpNow, Command, Failure, Input, SendError, Speak

BUSY = Failure(code="cleaning_up", message="The session is being cleaned up; try again later.")


class _CleansForGood(MessageStream):
    _is_cleaning = False

    def clean_up(self, now: CleanUpNow) -> tuple[Command, ...]:
        self._is_cleaning = True
        return super().clean_up(now)

    def receive(self, arrived: Input) -> tuple[Command, ...]:
        if self._is_cleaning and isinstance(arrived, Speak):
            return (SendError(message_id=arrived.message_id, failure=BUSY),)
        return super().receive(arrived)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_CleansForGood)
