"""All audio is cached under its text, in case that somebody asks for the same sentence again.

Nobody does, and nothing is ever thrown out: a second of speech takes 48 kB for ever (memory leaks
over hours: livekit/agents #2166).
"""

from collections import defaultdict
from typing import ClassVar

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import OpenUpstream, SendAudio


class _Caches(Session):
    cache: ClassVar[defaultdict[str, bytearray]] = defaultdict(bytearray)
    _text = ""

    def open_upstream(self, command: OpenUpstream) -> None:
        self._text = command.message.text
        super().open_upstream(command)

    def send_audio(self, command: SendAudio) -> None:
        self.cache[self._text] += command.pcm
        super().send_audio(command)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Caches)
