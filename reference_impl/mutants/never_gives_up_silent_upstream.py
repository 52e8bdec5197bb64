"""Nobody bounds the wait for an upstream that says nothing and does not go away.

The message stays open until the next one comes (never resolves: livekit/agents #5359, #4650).
"""

import asyncio

from reference_impl import relay
from reference_impl.completion_budget import CompletionBudget
from reference_impl.planting import replace

PATIENCE_S = 3600


class _Boundless(CompletionBudget):
    def due_at(self) -> float:
        return asyncio.get_running_loop().time() + PATIENCE_S


def plant() -> None:
    """Plant the bug."""
    replace(relay, "CompletionBudget", by=_Boundless)
