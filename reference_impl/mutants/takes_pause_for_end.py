"""A pause of 300 ms in what the upstream sends is taken for the end of the message.

The end is inferred from silence, though the protocol has a marker; a network that hesitates cuts
the sentence off (pipecat #2704, #2941).
"""

from reference_impl import server
from reference_impl.completion_budget import CompletionBudget
from reference_impl.planting import replace
from reference_impl.relay import Session

PAUSE_MS = 300


class _Impatient(Session):
    def new_budget(self) -> CompletionBudget:
        first_byte_ms = self._settings.first_byte_ms
        return CompletionBudget(first_byte_ms=first_byte_ms, idle_ms=PAUSE_MS)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Impatient)
