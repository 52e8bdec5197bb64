"""Each message begins with a few words of the platform's own, while the real ones are prepared.

They are a stream of their own and stand in no message of the user: declared as generated text.
"""

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session

FILLER = "Just a moment, please."


class _Fills(Session):
    def segments(self, text: str) -> tuple[str, ...]:
        return (FILLER, text)


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_Fills)
