"""The upstream sends a text message that is no UTF-8, which ends a WebSocket."""

from dataclasses import dataclass

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import inserted
from fake_groq.steps import Plan, Send

NO_UTF8 = b'{"type":"\xff\xfe"}'


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidUtf8(Fault):
    """After `after_ms` of audio comes such a message, and the rest behind it.

    Whoever reads by the protocol fails the connection with 1007. It means nothing over HTTP.
    """

    after_ms: float = 400

    def bend(self, plan: Plan) -> Plan:
        """Put the message behind so much audio."""
        if plan.profile == "http":
            return plan
        return inserted(plan, self.after_ms, Send(data=NO_UTF8, frame="text"))
