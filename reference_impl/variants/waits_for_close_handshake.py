"""The upstream has ten seconds to answer a close frame, as common libraries give it.

The stream was released by the close frame itself, and no message waits for the answer.
"""

from reference_impl import relay
from reference_impl.ownership import Partings
from reference_impl.planting import replace

CLOSE_HANDSHAKE_S = 10.0


class _Waits(Partings):
    def __init__(self, *, deadline_s: float) -> None:
        super().__init__(deadline_s=max(deadline_s, CLOSE_HANDSHAKE_S))


def plant() -> None:
    """Put it in its place."""
    replace(relay, "Partings", by=_Waits)
