"""The upstream takes the connection and the request and never says a word."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import STALL_MS, Fault, fault
from fake_groq.steps import Close, Plan, Stall


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptAndNeverAnswer(Fault):
    """Nothing is sent for `stall_ms`, then a FIN.

    As part of the default it meets the upgrade of a WebSocket, else its first message.
    """

    stall_ms: float = STALL_MS

    def at_upgrade(self) -> Stall:
        """Say nothing in the place of the upgrade."""
        return Stall(ms=self.stall_ms, fault=self.name)

    def bend(self, plan: Plan) -> Plan:
        """Leave nothing but the stall."""
        return replace(plan, steps=(self.at_upgrade(), Close(code=None)))
