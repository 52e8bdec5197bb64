"""The upstream's answer stops in the middle, by a FIN and without any end."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.steps import Close, Plan, cut


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class BodyCutShort(Fault):
    """After `after_ms` of audio a bare FIN: no last chunk, no marker, no close frame."""

    after_ms: float = 400

    def bend(self, plan: Plan) -> Plan:
        """Put the FIN behind so much audio and drop the rest."""
        before, _ = cut(plan.steps, self.after_ms)
        return replace(plan, steps=(*before, Close(code=None)))
