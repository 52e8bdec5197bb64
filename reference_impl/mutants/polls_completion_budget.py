"""Whether the upstream has been silent for too long is looked at every three seconds only.

A message whose budget is one second is given up after three (a completion that comes seconds late:
livekit/agents #5359, pipecat #4638).
"""

import math

from reference_impl import relay
from reference_impl.completion_budget import CompletionBudget
from reference_impl.planting import replace

ROUND_S = 3.0


class _Polled(CompletionBudget):
    def opened(self) -> None:
        super().opened()
        self._begun_at = super().due_at()

    def due_at(self) -> float:
        silent_s = super().due_at() - self._begun_at
        return self._begun_at + max(1, math.ceil(silent_s / ROUND_S)) * ROUND_S


def plant() -> None:
    """Plant the bug."""
    replace(relay, "CompletionBudget", by=_Polled)
