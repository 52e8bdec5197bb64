"""The upstream's pieces end in the middle of a sample."""

from dataclasses import dataclass, replace
from itertools import pairwise

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import is_audio
from fake_groq.steps import Plan


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class SplitSamples(Fault):
    """All borders between two pieces of audio lie one byte later: the pieces are odd."""

    is_harmless = True

    def bend(self, plan: Plan) -> Plan:
        """Let each piece take the first byte of the next."""
        steps = list(plan.steps)
        places = [at for at, step in enumerate(steps) if is_audio(step)]
        for one, other in pairwise(places):
            piece, following = steps[one], steps[other]
            assert is_audio(piece)
            assert is_audio(following)
            first = replace(following.spans[0], samples=1)
            steps[one] = replace(piece, spans=(*piece.spans, first), lack_bytes=1)
            steps[other] = replace(following, skip_bytes=1)
        return replace(plan, steps=tuple(steps))
