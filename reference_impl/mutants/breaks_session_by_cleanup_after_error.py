"""An error marks the session as broken, and a cleanup of a broken session retires it.

The client is told of the error only; it speaks again on a session that has silently been given up,
and is refused. Without an error the cleanup is as it should be.
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import CleanUpNow, Command, Drained, Failure, Input, SendError, Speak

GONE = Failure(code="session_broken", message="The session has failed; open another one.")


class _Breaks(MessageStream):
    _has_failed = _is_given_up = False

    def finish(self, drained: Drained) -> tuple[Command, ...]:
        self._has_failed = self._ending is not None and self._ending.failure is not None
        return super().finish(drained)

    def clean_up(self, now: CleanUpNow) -> tuple[Command, ...]:
        self._is_given_up = self._has_failed
        return super().clean_up(now)

    def receive(self, arrived: Input) -> tuple[Command, ...]:
        if self._is_given_up and isinstance(arrived, Speak):
            return (SendError(message_id=arrived.message_id, failure=GONE),)
        return super().receive(arrived)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_Breaks)
