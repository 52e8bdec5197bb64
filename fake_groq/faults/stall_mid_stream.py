"""The upstream falls silent in the middle of its speech and keeps the connection."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import STALL_MS, Fault, fault
from fake_groq.steps import Plan, Stall, cut


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class StallMidStream(Fault):
    """After `after_ms` of audio nothing is sent for `stall_ms`, then the rest."""

    after_ms: float
    stall_ms: float = STALL_MS

    def bend(self, plan: Plan) -> Plan:
        """Put the stall behind so much audio."""
        before, after = cut(plan.steps, self.after_ms)
        stall = Stall(ms=self.stall_ms, fault=self.name)
        return replace(plan, steps=(*before, stall, *after))
