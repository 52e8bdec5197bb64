"""The upstream takes its time to answer the client's close frame."""

from dataclasses import dataclass

from fake_groq.faults.base import STALL_MS, Fault, fault
from fake_groq.shaping import behaved
from fake_groq.steps import Manners, Plan


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class SlowCloseHandshake(Fault):
    """A close frame of the client is answered after `answer_ms`: a day is as good as never.

    The client may go before, by FIN or reset. It means nothing over HTTP.
    """

    is_harmless = True

    answer_ms: float = STALL_MS

    def bend(self, plan: Plan) -> Plan:
        """Say so before all else."""
        if plan.profile == "http":
            return plan
        return behaved(plan, Manners(close_answer_ms=self.answer_ms))
