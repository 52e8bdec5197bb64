"""The upstream's first message is empty, as decoders of Orpheus make it."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import has_marker
from fake_groq.steps import Plan, Send, cut


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyFrameFirst(Fault):
    """An empty binary message comes before the first audio.

    It means nothing over HTTP, where an empty chunk is the end, and where it is the marker.
    """

    is_harmless = True

    def bend(self, plan: Plan) -> Plan:
        """Put the message before the first audio."""
        if plan.profile == "http" or has_marker(plan, "binary"):
            return plan
        before, after = cut(plan.steps, 0)
        return replace(plan, steps=(*before, Send(), *after))
