"""The upstream sends nothing for a while and then all that was due, again and again."""

from dataclasses import dataclass, replace
from math import ceil

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import is_audio, timed, untimed
from fake_groq.steps import Plan, Step


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class Burst(Fault):
    """Audio is sent every `window_ms` only, all at once; the first comes as usual."""

    is_harmless = True

    window_ms: float = 400

    def bend(self, plan: Plan) -> Plan:
        """Move each piece to the end of its window."""
        due = timed(plan.steps)
        begun_ms = next((at_ms for at_ms, step in due if is_audio(step)), 0.0)
        window_ms = max(1.0, self.window_ms)
        moved: list[tuple[float, Step]] = []
        for at_ms, step in due:
            windows = ceil((at_ms - begun_ms) / window_ms) if is_audio(step) else 0
            moved.append((begun_ms + windows * window_ms if windows > 0 else at_ms, step))
        return replace(plan, steps=untimed(moved))
