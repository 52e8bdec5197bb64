"""The upstream sends all of its audio and then neither an end marker nor an end."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import STALL_MS, Fault, fault
from fake_groq.steps import Close, Marker, Plan, Stall


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class MissingMarker(Fault):
    """The audio is complete, the marker left out; after `stall_ms` of silence a bare FIN."""

    stall_ms: float = STALL_MS

    def bend(self, plan: Plan) -> Plan:
        """Put silence in the place of marker and close."""
        kept = tuple(step for step in plan.steps if not isinstance(step, Marker | Close))
        silence = Stall(ms=self.stall_ms, fault=self.name)
        return replace(plan, steps=(*kept, silence, Close(code=None)))
