"""The upstream sends an empty message behind its audio, before it says that it is over."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import divided, has_marker
from fake_groq.steps import Plan, Send


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyFrameLast(Fault):
    """An empty binary message comes between the last audio and the marker.

    It means nothing over HTTP, where an empty chunk is the end, and where it is the marker.
    """

    is_harmless = True

    def bend(self, plan: Plan) -> Plan:
        """Put the message behind the last audio."""
        if plan.profile == "http" or has_marker(plan, "binary"):
            return plan
        before, marker, rest = divided(plan)
        return replace(plan, steps=(*before, Send(), *marker, *rest))
