"""Signals go straight to the socket, audio goes through a queue, so the end signal is there first.

The last chunk of each message arrives when the client has closed it (pipecat #2484).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import AudioArrived, Command, Drained, SendAudio


class _TwoWays(MessageStream):
    _queued: tuple[Command, ...] = ()

    def pass_on(self, audio: AudioArrived) -> tuple[Command, ...]:
        due, self._queued = self._queued, (SendAudio(pcm=audio.pcm),)
        return due

    def finish(self, drained: Drained) -> tuple[Command, ...]:
        queued, self._queued = self._queued, ()
        return (*super().finish(drained), *queued)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_TwoWays)
