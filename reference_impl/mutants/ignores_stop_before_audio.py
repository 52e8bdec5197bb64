"""STOP is obeyed only if the bot is speaking, and it is speaking only once audio has been sent.

A STOP between the request and the first audio meets a guard and is lost; the message is spoken to
its end (pipecat #3986).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream, Phase
from reference_impl.planting import replace
from reference_impl.vocabulary import Command, Input, Stop


class _Guarded(MessageStream):
    def receive(self, arrived: Input) -> tuple[Command, ...]:
        if isinstance(arrived, Stop) and self.phase is Phase.REQUESTED:
            return ()
        return super().receive(arrived)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_Guarded)
