"""Cleanup calls that found nothing to do were noise in the log, so only the first is written.

The calls are made all the same, and nobody can count them any more.
"""

from reference_impl import server
from reference_impl.journal import Journal
from reference_impl.planting import replace


class _LogsOnce(Journal):
    def note(self, event: str, **facts: str | int | bool | None) -> None:
        if event != "cleanup" or facts["call"] == 1:
            super().note(event, **facts)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Journal", by=_LogsOnce)
