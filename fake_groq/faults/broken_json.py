"""The upstream sends JSON that stops in the middle."""

from dataclasses import dataclass

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import inserted, refused
from fake_groq.steps import Plan, Refuse, Send

HALF = b'{"type":"progress","of'


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenJson(Fault):
    """After `after_ms` of audio comes a text message of half a JSON document, then the rest.

    Over HTTP the answer is an error of status 500 whose body is cut in half.
    """

    after_ms: float = 400

    def bend(self, plan: Plan) -> Plan:
        """Put the message behind so much audio, or the error in the place of all."""
        if plan.profile == "http":
            return refused(plan, Refuse(status=500, is_broken=True))
        return inserted(plan, self.after_ms, Send(data=HALF, frame="text"))
