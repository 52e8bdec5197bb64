"""The start signal is sent when the first audio has been sent, since only then speech has started.

The first chunk of each message belongs to nothing that was announced (commands and audio out of
order: pipecat #950, #3191).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import AudioArrived, Command, SendStart, Speak


class _AnnouncesLate(MessageStream):
    _start: tuple[Command, ...] = ()

    def begin(self, speak: Speak) -> tuple[Command, ...]:
        cleanup, start, opened = super().begin(speak)
        assert isinstance(start, SendStart), "a message begins with its start signal"
        self._start = (start,)
        return (cleanup, opened)

    def pass_on(self, audio: AudioArrived) -> tuple[Command, ...]:
        start, self._start = self._start, ()
        return (*super().pass_on(audio), *start)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_AnnouncesLate)
