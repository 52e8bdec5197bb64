"""STOP empties the queue, but the frame that the writer has in its hands is written all the same.

It comes behind the end signal, which takes the fast way (frames behind the stop frame: pipecat
#2484).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import AudioArrived, Command, EndReason, SendAudio, UpstreamEnded


class _FinishesFrame(MessageStream):
    _in_hand: tuple[Command, ...] = ()

    def pass_on(self, audio: AudioArrived) -> tuple[Command, ...]:
        due, self._in_hand = self._in_hand, (SendAudio(pcm=audio.pcm),)
        return due

    def drain(self, ended: UpstreamEnded) -> tuple[Command, ...]:
        in_hand, self._in_hand = self._in_hand, ()
        return (*in_hand, *super().drain(ended))

    def end(self, reason: EndReason) -> tuple[Command, ...]:
        in_hand, self._in_hand = self._in_hand, ()
        return (*super().end(reason), *(in_hand if reason is EndReason.STOPPED else ()))


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_FinishesFrame)
