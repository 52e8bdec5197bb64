"""The upstream wants its terms accepted first, and nobody has."""

from dataclasses import dataclass

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import refused
from fake_groq.steps import Plan, Refuse

REFUSAL = Refuse(status=400, cause="terms")


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class TermsRequired(Fault):
    """A 400 with the code `model_terms_required`, which names the page for it."""

    def at_upgrade(self) -> Refuse:
        """Refuse the upgrade."""
        return REFUSAL

    def bend(self, plan: Plan) -> Plan:
        """Leave of the plan only the waits before its first piece."""
        return refused(plan, REFUSAL)
