"""The playout buffer belongs to the user, not to the session, and is emptied into the next one.

Who connects again hears a piece of what the last connection was told (the last turn's words in
this one: scorbo2/TalkWithMe #62).
"""

from typing import ClassVar

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import SendAudio, SendStart


class _KeepsWords(Session):
    words: ClassVar[dict[str | None, tuple[str, bytes]]] = {}

    def send_audio(self, command: SendAudio) -> None:
        super().send_audio(command)
        if self.user is not None:
            self.words[self.user] = (self.session_id, command.pcm)

    def send_start(self, command: SendStart) -> None:
        super().send_start(command)
        session_id, pcm = self.words.pop(self.user, (self.session_id, b""))
        if session_id != self.session_id:
            self.client.send_audio(pcm)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_KeepsWords)
