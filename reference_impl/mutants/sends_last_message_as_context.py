"""The text of the message before goes along, so that the voice keeps its tone, and is spoken too.

The provider has no field for context; what is in the text is for the listener.
"""

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session

INPUT_CHARACTERS_MAX = 200


class _KeepsItsTone(Session):
    _before = ""

    def segments(self, text: str) -> tuple[str, ...]:
        joined = f"{text} {self._before}".strip()
        self._before = text
        return (joined if len(joined) <= INPUT_CHARACTERS_MAX else text,)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_KeepsItsTone)
