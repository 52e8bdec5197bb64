"""An upstream that fails in mid-stream is asked again, and what was passed on is skipped: declared.

The same text gives the same samples, so the client hears one message without a seam.
"""

from collections.abc import Iterable

from reference_impl import server
from reference_impl.framing import Chunker
from reference_impl.planting import replace
from reference_impl.relay import Exchange, Session
from reference_impl.upstream import SpeechRequest
from reference_impl.vocabulary import Ending, EndReason


class _Skips(Chunker):
    _passed_on = 0
    _to_skip = 0

    def feed(self, pcm: bytes) -> Iterable[bytes]:
        skipped = min(self._to_skip, len(pcm))
        self._to_skip -= skipped
        self._passed_on += len(pcm) - skipped
        return super().feed(pcm[skipped:])

    def begin_again(self) -> None:
        self._to_skip = self._passed_on


class _Resumes(Session):
    def new_chunker(self) -> Chunker:
        return _Skips()

    async def speak_segment(
        self, exchange: Exchange, request: SpeechRequest, chunker: Chunker
    ) -> Ending:
        ending = await super().speak_segment(exchange, request, chunker)
        if ending.reason is EndReason.UPSTREAM_ERROR and isinstance(chunker, _Skips):
            chunker.begin_again()
            ending = await super().speak_segment(exchange, request, chunker)
        return ending


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_Resumes)
