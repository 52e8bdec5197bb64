"""A buffer that came from C ends with a NUL, and the NUL is sent with the rest.

Each message has one byte more than whole samples; a player that carries odd bytes over plays the
next message shifted by half a sample (AreevAI/flowcat PR #11).
"""

from collections.abc import Iterable

from reference_impl import relay
from reference_impl.framing import Chunker
from reference_impl.planting import replace


class _Terminates(Chunker):
    def flush(self) -> Iterable[bytes]:
        return (*super().flush(), b"\0")


def plant() -> None:
    """Plant the bug."""
    replace(relay, "Chunker", by=_Terminates)
