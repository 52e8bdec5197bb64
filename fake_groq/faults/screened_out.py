"""The proxy before the upstream does not let the request in."""

from dataclasses import dataclass

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import refused
from fake_groq.steps import Plan, Refuse

REFUSAL = Refuse(status=403, cause="screened")


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenedOut(Fault):
    """A 403 that says `error code: 1010` and is no JSON."""

    def at_upgrade(self) -> Refuse:
        """Refuse the upgrade."""
        return REFUSAL

    def bend(self, plan: Plan) -> Plan:
        """Leave of the plan only the waits before its first piece."""
        return refused(plan, REFUSAL)
