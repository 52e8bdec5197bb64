"""The upstream sends its speech in little pieces, each after a wait."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import is_audio, sliced, timed, untimed
from fake_groq.steps import SAMPLES_PER_MS, Plan, Step


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class Trickle(Fault):
    """Each frame comes in pieces of `piece_ms`, with at least `wait_ms` between two of them."""

    is_harmless = True

    piece_ms: float = 20
    wait_ms: float = 30

    def bend(self, plan: Plan) -> Plan:
        """Cut the audio into pieces and move all that follows."""
        samples = max(1, round(self.piece_ms * SAMPLES_PER_MS))
        free_ms = 0.0
        pieces: list[tuple[float, Step]] = []
        for due_ms, step in timed(plan.steps):
            for piece in sliced(step, samples) if is_audio(step) else (step,):
                at_ms = max(due_ms, free_ms if is_audio(piece) else 0.0)
                free_ms = at_ms + self.wait_ms
                pieces.append((at_ms, piece))
        return replace(plan, steps=untimed(pieces))
