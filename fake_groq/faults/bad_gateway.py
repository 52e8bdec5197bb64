"""The proxy before the upstream answers for it, in HTML."""

from dataclasses import dataclass

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import refused
from fake_groq.steps import Plan, Refuse

REFUSAL = Refuse(status=502, cause="gateway")


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class BadGateway(Fault):
    """A 502 whose body is a page, as a proxy makes it, and no JSON."""

    def at_upgrade(self) -> Refuse:
        """Refuse the upgrade."""
        return REFUSAL

    def bend(self, plan: Plan) -> Plan:
        """Leave of the plan only the waits before its first piece."""
        return refused(plan, REFUSAL)
