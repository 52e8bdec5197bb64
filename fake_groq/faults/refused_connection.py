"""The upstream goes away: a reset, and then nobody listens for a while."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.steps import Plan, Reset


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedConnection(Fault):
    """The connection is reset before any answer, and new ones are refused for `down_ms`.

    That holds for all clients, the control API's too. As part of the default it meets the upgrade
    of a WebSocket, else the first message.
    """

    down_ms: float = 1000

    def at_upgrade(self) -> Reset:
        """Reset the connection in the place of the upgrade."""
        return Reset(down_ms=self.down_ms)

    def bend(self, plan: Plan) -> Plan:
        """Leave nothing but the reset."""
        return replace(plan, steps=(self.at_upgrade(),))
