"""The upstream goes on with zeros behind its speech, and then says that it is over."""

from dataclasses import dataclass, replace

from fake_groq.end_markers import SILENCE_FRAME_MS
from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import divided, paced
from fake_groq.steps import SAMPLES_PER_MS, Plan, Send, Span, Step


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerAndSilence(Fault):
    """Between the last audio and the marker come `silence_ms` of zeros, at the pace of the rest."""

    is_harmless = True

    silence_ms: float = 500

    def bend(self, plan: Plan) -> Plan:
        """Put the zeros before the marker."""
        before, marker, rest = divided(plan)
        silence: list[Step] = []
        left = round(self.silence_ms * SAMPLES_PER_MS)
        while left:
            samples = min(left, SILENCE_FRAME_MS * SAMPLES_PER_MS)
            left -= samples
            zeros = Send(spans=(Span(first=None, samples=samples),))
            silence += [paced(plan, samples / SAMPLES_PER_MS), zeros]
        return replace(plan, steps=(*before, *silence, *marker, *rest))
