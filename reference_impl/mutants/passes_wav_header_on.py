"""The HTTP endpoint answers with a WAV file, and its header is sent to the client as if it sounded.

Each message begins with a click of 22 samples.
"""

from reference_impl import framing
from reference_impl.planting import replace
from reference_impl.wav import WavStripper


class _StripsNothing(WavStripper):
    def feed(self, piece: bytes) -> bytes:
        return piece

    def finish(self) -> None:
        pass


def plant() -> None:
    """Plant the bug."""
    replace(framing, "WavStripper", by=_StripsNothing)
