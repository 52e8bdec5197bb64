"""The playout buffer is not emptied between two messages.

The last chunk of a superseded message is still in it and is sent again, now inside the new message
(the last turn's words in this turn: pipecat #754, scorbo2/TalkWithMe #62).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import AudioArrived, Command, SendAudio, Speak


class _Stale(MessageStream):
    _buffer: tuple[Command, ...] = ()

    def pass_on(self, audio: AudioArrived) -> tuple[Command, ...]:
        self._buffer = (SendAudio(pcm=audio.pcm),)
        return self._buffer

    def supersede(self, speak: Speak) -> tuple[Command, ...]:
        stale, self._buffer = self._buffer, ()
        return (*super().supersede(speak), *stale)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_Stale)
