"""The upstream takes the request and says nothing: no HTTP status, no first message."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import STALL_MS, Fault, fault
from fake_groq.steps import Plan, Stall


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class StallBeforeFirstByte(Fault):
    """Nothing is sent for `stall_ms`, then everything as planned."""

    stall_ms: float = STALL_MS

    def bend(self, plan: Plan) -> Plan:
        """Put the stall before all steps."""
        return replace(plan, steps=(Stall(ms=self.stall_ms, fault=self.name), *plan.steps))
