"""The upstream sends frames of its speech twice, as decoders repeat a last chunk."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault, require_whole
from fake_groq.shaping import is_audio
from fake_groq.steps import Plan, Step


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedFrames(Fault):
    """Each `each`-th piece of audio comes twice, the second time at once."""

    each: int = 4

    def __post_init__(self) -> None:
        """Refuse what does not count."""
        require_whole("each", self.each, range(1, 10_000))

    def bend(self, plan: Plan) -> Plan:
        """Repeat the pieces."""
        steps: list[Step] = []
        count = 0
        for step in plan.steps:
            steps.append(step)
            count += is_audio(step)
            if is_audio(step) and count % self.each == 0:
                steps.append(step)
        return replace(plan, steps=tuple(steps))
