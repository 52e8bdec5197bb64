"""The upstream does not answer pings on its WebSocket."""

from dataclasses import dataclass

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import behaved
from fake_groq.steps import Manners, Plan


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class PingsUnanswered(Fault):
    """Pings of the client stay without a pong until the next stream. It means nothing over HTTP."""

    is_harmless = True

    def bend(self, plan: Plan) -> Plan:
        """Say so before all else."""
        if plan.profile == "http":
            return plan
        return behaved(plan, Manners(answers_pings=False))
