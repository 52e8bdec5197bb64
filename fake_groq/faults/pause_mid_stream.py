"""The upstream takes a breath in the middle of its speech: no bytes for a while."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.steps import Plan, Stall, cut


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class PauseMidStream(Fault):
    """After `after_ms` of audio nothing is sent for `pause_ms`, which nobody may take for an end.

    It differs from a stall by its length alone: it is to be shorter than anybody's patience.
    """

    is_harmless = True

    after_ms: float = 400
    pause_ms: float = 500

    def bend(self, plan: Plan) -> Plan:
        """Put the pause behind so much audio."""
        before, after = cut(plan.steps, self.after_ms)
        pause = Stall(ms=self.pause_ms, fault=self.name)
        return replace(plan, steps=(*before, pause, *after))
