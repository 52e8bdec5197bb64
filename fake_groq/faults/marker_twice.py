"""The upstream says twice that the speech is over."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import LAST_CHUNK, divided, has_marker, hung_up, open_marker
from fake_groq.steps import Plan, Raw, Wait


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerTwice(Fault):
    """The end marker comes a second time, `apart_ms` after the first: also close or last chunk.

    It means nothing where nothing is the marker.
    """

    is_harmless = True

    apart_ms: float = 0

    def bend(self, plan: Plan) -> Plan:
        """Put the marker, or one that more can follow, before itself."""
        before, marker, rest = divided(plan)
        if not marker or has_marker(plan, "nothing"):
            return plan
        first = (*open_marker(marker), Wait(ms=self.apart_ms))
        second = (Raw(data=LAST_CHUNK),) if plan.profile == "http" else marker
        return replace(plan, steps=(*before, *first, *second, *hung_up(plan, rest)))
