"""All audio is cut anew into frames of 20 ms, as telephony wants it; only the last is shorter."""

from collections.abc import Iterable

from reference_impl import relay
from reference_impl.framing import BYTES_PER_MS, Chunker
from reference_impl.planting import replace

FRAME_BYTES = 20 * BYTES_PER_MS


class _Reframes(Chunker):
    _rest = b""

    def feed(self, pcm: bytes) -> Iterable[bytes]:
        joined = self._rest + pcm
        whole = len(joined) - len(joined) % FRAME_BYTES
        self._rest = joined[whole:]
        return (joined[at : at + FRAME_BYTES] for at in range(0, whole, FRAME_BYTES))

    def flush(self) -> Iterable[bytes]:
        rest, self._rest = self._rest, b""
        return (rest,) if rest else ()


def plant() -> None:
    """Put it in its place."""
    replace(relay, "Chunker", by=_Reframes)
