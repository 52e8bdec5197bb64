"""A new message is announced before the old one has been let go of.

The handler of *speak* sends the new start signal first and cleans up afterwards, so one chunk that
was held back for smoothing, and the old message's end, arrive inside the new message (the last
turn's sentence in this turn: pipecat #754).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import AudioArrived, Command, EndReason, SendAudio, Speak


class _Overlaps(MessageStream):
    _held: tuple[Command, ...] = ()

    def pass_on(self, audio: AudioArrived) -> tuple[Command, ...]:
        due, self._held = self._held, (SendAudio(pcm=audio.pcm),)
        return due

    def end(self, reason: EndReason) -> tuple[Command, ...]:
        held, self._held = self._held, ()
        return (*held, *super().end(reason))

    def supersede(self, speak: Speak) -> tuple[Command, ...]:
        cleanup, *old, before, start, opened = super().supersede(speak)
        return (cleanup, before, start, *old, opened)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_Overlaps)
