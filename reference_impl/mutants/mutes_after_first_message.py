"""The flag that opens the way for audio is set when a session begins, and cleared by the first end.

The second message is announced, spoken by the provider, and ended; not one sample of it is heard
(speaking, and silent: livekit/agents #3418).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import AudioArrived, Command, EndReason


class _Mutes(MessageStream):
    _is_audible = True

    def pass_on(self, audio: AudioArrived) -> tuple[Command, ...]:
        return super().pass_on(audio) if self._is_audible else ()

    def end(self, reason: EndReason) -> tuple[Command, ...]:
        self._is_audible = False
        return super().end(reason)


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_Mutes)
