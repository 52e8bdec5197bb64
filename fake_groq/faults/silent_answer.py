"""The upstream succeeds with nothing but zeros, as Groq does for some of its answers."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.steps import Plan, Send, Step


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class SilentAnswer(Fault):
    """Every sample is 0; number, pace and end are those of the speech."""

    def bend(self, plan: Plan) -> Plan:
        """Put zeros in the place of all marked samples."""
        return replace(plan, total_samples=0, steps=tuple(map(_silenced, plan.steps)))


def _silenced(step: Step) -> Step:
    if not isinstance(step, Send):
        return step
    return replace(step, spans=tuple(replace(span, first=None) for span in step.spans))
