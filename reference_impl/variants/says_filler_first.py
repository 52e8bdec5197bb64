"""Each message begins with a word of the platform's own, while the real ones are prepared.

It is a stream of its own and stands in no message of the user: declared as generated text.
"""

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session

FILLER = "Well."


class _Fills(Session):
    def segments(self, text: str) -> tuple[str, ...]:
        return (FILLER, text)


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_Fills)
