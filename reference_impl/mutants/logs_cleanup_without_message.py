"""The line that logs a cleanup is written where the message has already been forgotten.

It says that something was cleaned up, and nobody can tell what: the message id is always null.
"""

from reference_impl import server
from reference_impl.journal import Journal
from reference_impl.planting import replace


class _NamesNobody(Journal):
    def note(self, event: str, **facts: str | int | bool | None) -> None:
        if "message_id" in facts:
            facts["message_id"] = None
        super().note(event, **facts)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Journal", by=_NamesNobody)
