"""While a message is spoken, another is rejected with an error: declared as reject."""

from reference_impl import relay
from reference_impl.message_stream import MessageStream, Phase
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, Failure, Input, Rejected, Speak

_BUSY = Failure(code="busy", message="A message is being spoken; stop it or wait for its end.")


class _Busy(MessageStream):
    def receive(self, arrived: Input) -> tuple[Command, ...]:
        is_busy = self.phase not in (Phase.IDLE, Phase.CLOSED)
        if is_busy and isinstance(arrived, Speak) and not self.is_duplicate(arrived):
            arrived = Rejected(message_id=arrived.message_id, failure=_BUSY)
        return super().receive(arrived)


def plant() -> None:
    """Put it in its place."""
    replace(relay, "MessageStream", by=_Busy)
