"""The upstream's connection breaks: a TCP reset in the middle of the speech."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.steps import Plan, Reset, cut


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class AbruptReset(Fault):
    """After `after_ms` of audio the connection is reset."""

    after_ms: float

    def bend(self, plan: Plan) -> Plan:
        """Put the reset behind so much audio and drop the rest."""
        before, _ = cut(plan.steps, self.after_ms)
        return replace(plan, steps=(*before, Reset()))
