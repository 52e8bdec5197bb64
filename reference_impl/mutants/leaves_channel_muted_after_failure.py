"""The channel is muted when its upstream fails, against noise, and nobody opens it again.

The next message is announced, spoken by the provider, and ended in silence (livekit/agents #3418).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import AudioArrived, Command, Drained


class _StaysMuted(MessageStream):
    _is_muted = False

    def pass_on(self, audio: AudioArrived) -> tuple[Command, ...]:
        return () if self._is_muted else super().pass_on(audio)

    def finish(self, drained: Drained) -> tuple[Command, ...]:
        has_failed = self._ending is not None and self._ending.failure is not None
        self._is_muted = self._is_muted or has_failed
        return super().finish(drained)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_StaysMuted)
