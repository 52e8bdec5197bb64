"""The last failure is kept in the session, and the cleanup reports what it finds there.

After an error each cleanup call sends that error again; where nothing has failed all is well.
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import CleanUpNow, Command, Drained, Failure, SendError


class _TellsAgain(MessageStream):
    _last_failure: Failure | None = None

    def finish(self, drained: Drained) -> tuple[Command, ...]:
        self._last_failure = None if self._ending is None else self._ending.failure
        return super().finish(drained)

    def clean_up(self, now: CleanUpNow) -> tuple[Command, ...]:
        failure = self._last_failure
        told = () if failure is None else (SendError(message_id=None, failure=failure),)
        return (*super().clean_up(now), *told)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_TellsAgain)
