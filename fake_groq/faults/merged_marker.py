"""The upstream's end marker sticks to its last audio, in one binary message."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import NOTHING, divided, has_marker, is_audio, units
from fake_groq.steps import Marker, Plan


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class MergedMarker(Fault):
    """The bytes of a text marker are the end of the last binary message of audio.

    It means nothing where the marker is no text, and over HTTP.
    """

    def bend(self, plan: Plan) -> Plan:
        """Put the text behind the last samples."""
        before, marker, rest = divided(plan)
        if not has_marker(plan, "text") or not before or not is_audio(before[-1]):
            return plan
        last = before[-1]
        text = b"".join(unit.data for unit in units(plan))
        ends = [replace(step, unit=NOTHING) for step in marker if isinstance(step, Marker)]
        return replace(plan, steps=(*before[:-1], replace(last, tail=text), *ends, *rest))
