"""The upstream's speech is whole, and only its framing is not: the end is a FIN."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import divided, is_audio
from fake_groq.steps import Close, Plan


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class MissingLastChunk(Fault):
    """All audio comes, then a FIN in the place of the last chunk.

    On a WebSocket the last message of audio is a frame that says that another follows.
    """

    def bend(self, plan: Plan) -> Plan:
        """Drop what is behind the last audio."""
        before, _, _ = divided(plan)
        if not before or not is_audio(before[-1]):
            return plan
        last = replace(before[-1], is_final=plan.profile == "http")
        return replace(plan, steps=(*before[:-1], last, Close(code=None)))
