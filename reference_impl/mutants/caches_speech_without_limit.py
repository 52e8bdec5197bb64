"""All audio is cached under its text, in case that somebody asks for the same sentence again.

It is kept as the mixer wants it, in floats. Nobody asks, and nothing is ever thrown out: a second
of speech takes 192 kB for ever (memory leaks over hours: livekit/agents #2166).
"""

from array import array
from typing import ClassVar

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import OpenUpstream, SendAudio


class _Caches(Session):
    cache: ClassVar[dict[str, "array[float]"]] = {}
    _samples: "array[float]"

    def open_upstream(self, command: OpenUpstream) -> None:
        self._samples = self.cache[command.message.text] = array("d")
        super().open_upstream(command)

    def send_audio(self, command: SendAudio) -> None:
        self._samples.extend(memoryview(command.pcm).cast("h"))
        super().send_audio(command)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Caches)
