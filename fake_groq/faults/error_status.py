"""The upstream refuses with an HTTP status.

A WebSocket is refused at its upgrade where the fault is part of the default behaviour. Where only
the text of the request can tell that it applies, the upgrade is over: an error message and a close
frame take the place of the status.
"""

from dataclasses import dataclass, replace
from itertools import takewhile

from fake_groq.faults.base import Fault, FaultError, fault
from fake_groq.steps import Head, Plan, Refuse, Send


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorStatus(Fault):
    """The answer is an error of `status`; `retry_after_s` makes a header of that name (0: none)."""

    status: int = 503
    retry_after_s: float = 0

    def __post_init__(self) -> None:
        """Refuse what is no error status."""
        if not (isinstance(self.status, int) and 400 <= self.status <= 599):
            raise FaultError(f"'status' is a whole number from 400 to 599, not {self.status!r}.")

    def bend(self, plan: Plan) -> Plan:
        """Leave of the plan only the waits before its first piece."""
        before = takewhile(lambda step: not isinstance(step, Send), plan.steps)
        refuse = Refuse(status=self.status, retry_after_s=self.retry_after_s or None)
        kept = (step for step in before if not isinstance(step, Head))
        return replace(plan, total_samples=0, steps=(*kept, refuse))
