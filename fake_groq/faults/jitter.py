"""The upstream's frames come late, each by as much as chance wants."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import is_audio, timed, untimed
from fake_groq.steps import Plan


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class Jitter(Fault):
    """Each piece of audio is late by up to `late_ms`, by the seed; none overtakes another."""

    is_harmless = True

    late_ms: float = 120

    def bend(self, plan: Plan) -> Plan:
        """Move each piece."""
        chance = plan.chance(self.name)
        moved = [
            (due_ms + (chance.uniform(0.0, self.late_ms) if is_audio(step) else 0.0), step)
            for due_ms, step in timed(plan.steps)
        ]
        return replace(plan, steps=untimed(moved))
