"""The upstream's end marker comes in the wrong kind of message."""

from dataclasses import dataclass, replace
from typing import Literal

from fake_groq.faults.base import Fault, fault
from fake_groq.steps import Marker, Plan, Step


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerInWrongFrameType(Fault):
    """A text marker comes as a binary message, a binary one as text.

    It means nothing where the marker is a close frame or nothing, and over HTTP.
    """

    def bend(self, plan: Plan) -> Plan:
        """Change the kind of the marker."""
        return replace(plan, steps=tuple(map(_changed, plan.steps)))


def _changed(step: Step) -> Step:
    if not isinstance(step, Marker) or step.unit.how not in ("text", "binary"):
        return step
    kind: Literal["text", "binary"] = "binary" if step.unit.how == "text" else "text"
    return replace(step, unit=replace(step.unit, how=kind))
