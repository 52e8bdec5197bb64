"""Some audio goes by a bus whose topics are named after the voice, not after the session.

Whoever listens to the same voice at that moment hears a piece of another user's message (clients
connected to each other: elchiapp/WebLooper #1).
"""

from typing import ClassVar

from reference_impl import server
from reference_impl.message_stream import Phase
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import SendAudio

EVERY = 5


class _Publishes(Session):
    listeners: ClassVar[list["_Publishes"]] = []
    _sent = 0

    async def run(self) -> None:
        self.listeners.append(self)
        try:
            await super().run()
        finally:
            self.listeners.remove(self)

    def send_audio(self, command: SendAudio) -> None:
        super().send_audio(command)
        self._sent += 1
        others = [other for other in self.listeners if other.is_listening and other is not self]
        if others and self._sent % EVERY == 0:
            others[0].client.send_audio(command.pcm)

    @property
    def is_listening(self) -> bool:
        return self._stream.phase is Phase.STREAMING


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Publishes)
