"""The upstream falls silent in the middle of its speech and then hangs up."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import CLOSE_CODES, Fault, fault, require_whole
from fake_groq.shaping import closed
from fake_groq.steps import Plan, Stall, cut


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class StallThenClose(Fault):
    """After `after_ms` of audio nothing for `stall_ms`, then a close frame with `code`.

    Over HTTP it is a FIN without a last chunk.
    """

    after_ms: float = 400
    stall_ms: float = 1000
    code: int = 1000

    def __post_init__(self) -> None:
        """Refuse what is no close code."""
        require_whole("code", self.code, CLOSE_CODES)

    def bend(self, plan: Plan) -> Plan:
        """Put stall and close behind so much audio and drop the rest."""
        before, _ = cut(plan.steps, self.after_ms)
        stall = Stall(ms=self.stall_ms, fault=self.name)
        return replace(plan, steps=(*before, stall, closed(plan, self.code)))
