"""The upstream says twice that the speech is over."""

from dataclasses import dataclass

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import marker_again
from fake_groq.steps import Plan


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
        return marker_again(plan, self.apart_ms)
