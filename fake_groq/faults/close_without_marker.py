"""The upstream closes its WebSocket politely and never says that the speech is over."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import CLOSE_CODES, Fault, fault, require_whole
from fake_groq.shaping import closed, units
from fake_groq.steps import ALL_MS, Plan, cut


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class CloseWithoutMarker(Fault):
    """After `after_ms` of audio, or all, a close frame with `code` in the place of the marker.

    Over HTTP it is a FIN without a last chunk. It means nothing where that close is the marker.
    """

    after_ms: float = ALL_MS
    code: int = 1000

    def __post_init__(self) -> None:
        """Refuse what is no close code."""
        require_whole("code", self.code, CLOSE_CODES)

    def bend(self, plan: Plan) -> Plan:
        """Put the close behind so much audio and drop the rest."""
        if any(unit.how == "close" and unit.code == self.code for unit in units(plan)):
            return plan
        before, _ = cut(plan.steps, self.after_ms)
        return replace(plan, steps=(*before, closed(plan, self.code)))
