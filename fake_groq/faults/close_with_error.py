"""The upstream closes its WebSocket with an error code in the middle of the speech."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import CLOSE_CODES, Fault, fault, require_whole
from fake_groq.shaping import closed
from fake_groq.steps import Plan, cut


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class CloseWithError(Fault):
    """After `after_ms` of audio a close frame with `code`; over HTTP a FIN without a last chunk."""

    after_ms: float = 400
    code: int = 1011

    def __post_init__(self) -> None:
        """Refuse what is no close code."""
        require_whole("code", self.code, CLOSE_CODES)

    def bend(self, plan: Plan) -> Plan:
        """Put the close behind so much audio and drop the rest."""
        before, _ = cut(plan.steps, self.after_ms)
        return replace(plan, steps=(*before, closed(plan, self.code)))
