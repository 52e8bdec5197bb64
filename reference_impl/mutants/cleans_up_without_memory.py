"""The cleanup is no idempotent function: each call ends the message, also the second.

Superseding cleans up, beginning the next message cleans up once more, so each superseded message
has two end signals.
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import CleanUp, Command, EndReason, SendEnd, Speak


class _Forgetful(MessageStream):
    def supersede(self, speak: Speak) -> tuple[Command, ...]:
        last = self.current
        cleanup, *rest = super().supersede(speak)
        assert last is not None, "only an open message is superseded"
        again = SendEnd(message_id=last, reason=EndReason.CLEANUP)
        before = next(at for at, command in enumerate(rest) if isinstance(command, CleanUp))
        return (cleanup, *rest[: before + 1], again, *rest[before + 1 :])


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_Forgetful)
