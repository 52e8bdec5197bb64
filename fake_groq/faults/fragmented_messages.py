"""The upstream divides its messages into frames, as the protocol allows."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault, require_whole
from fake_groq.shaping import is_audio, sliced
from fake_groq.steps import Plan, Step


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class FragmentedMessages(Fault):
    """Each message of audio comes in `parts` frames. It means nothing over HTTP."""

    is_harmless = True

    parts: int = 3

    def __post_init__(self) -> None:
        """Refuse what does not divide."""
        require_whole("parts", self.parts, range(2, 100))

    def bend(self, plan: Plan) -> Plan:
        """Divide the messages."""
        if plan.profile == "http":
            return plan
        steps = [frame for step in plan.steps for frame in self._frames(step)]
        return replace(plan, steps=tuple(steps))

    def _frames(self, step: Step) -> list[Step]:
        if not is_audio(step) or step.frame != "binary" or not step.is_final:
            return [step]
        parts = sliced(step, max(1, -(-step.samples // self.parts)))
        parts = [replace(part, is_final=False, frame="continuation") for part in parts]
        parts[0] = replace(parts[0], frame="binary")
        parts[-1] = replace(parts[-1], is_final=True)
        return list[Step](parts)
