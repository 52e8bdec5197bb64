"""The upstream's end marker comes in two halves."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import NOTHING, divided, has_marker, hung_up
from fake_groq.steps import FrameKind, Marker, Plan, Raw, Send, Step, Wait


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class SplitMarker(Fault):
    """The marker's message is two frames, `apart_ms` apart: the second continues the first.

    Over HTTP it is the last chunk that comes in two halves. It means nothing where the marker is a
    close frame, which cannot be divided, or nothing.
    """

    is_harmless = True

    apart_ms: float = 100

    def bend(self, plan: Plan) -> Plan:
        """Divide the marker."""
        before, marker, rest = divided(plan)
        if not marker or has_marker(plan, "close") or has_marker(plan, "nothing"):
            return plan
        steps = [half for step in marker for half in self._halves(step)]
        return replace(plan, steps=(*before, *steps, *hung_up(plan, rest)))

    def _halves(self, step: Step) -> tuple[Step, ...]:
        if not isinstance(step, Marker):
            return (step,)
        wait = Wait(ms=self.apart_ms)
        end = replace(step, unit=NOTHING)
        if step.unit.how == "last chunk":
            return (Raw(data=b"0\r\n"), wait, Raw(data=b"\r\n"), end)
        data = step.unit.data
        half = len(data) // 2
        kind: FrameKind = "text" if step.unit.how == "text" else "binary"
        first = Send(data=data[:half], frame=kind, is_final=False)
        return (first, wait, Send(data=data[half:], frame="continuation"), end)
