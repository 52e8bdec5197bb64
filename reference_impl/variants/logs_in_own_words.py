"""Cleanups are logged in the platform's own words, and the target says which line is one."""

from reference_impl import server
from reference_impl.journal import Journal
from reference_impl.planting import replace


class _OwnWords(Journal):
    def cleanup(
        self, *, session: str, message_id: str | None, cause: str, call: int, effective: bool
    ) -> None:
        self.note(
            "resources.freed",
            level="info",
            conversation=session,
            utterance=message_id,
            why=cause,
            nth=call,
            was_open=effective,
        )


def plant() -> None:
    """Put it in its place."""
    replace(server, "Journal", by=_OwnWords)
