"""The upstream swaps frames of its speech."""

from dataclasses import dataclass, replace
from itertools import pairwise

from fake_groq.faults.base import Fault, fault, require_whole
from fake_groq.shaping import is_audio
from fake_groq.steps import Plan


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class ReorderedFrames(Fault):
    """Each `each`-th piece of audio changes places with the one behind it."""

    each: int = 4

    def __post_init__(self) -> None:
        """Refuse what does not count."""
        require_whole("each", self.each, range(1, 10_000))

    def bend(self, plan: Plan) -> Plan:
        """Swap the pieces, and leave the times."""
        steps = list(plan.steps)
        places = [at for at, step in enumerate(steps) if is_audio(step)]
        for one, other in list(pairwise(places))[self.each - 1 :: max(2, self.each)]:
            steps[one], steps[other] = steps[other], steps[one]
        return replace(plan, steps=tuple(steps))
