"""The upstream sends its speech as one huge message, larger than some libraries take."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import is_audio
from fake_groq.steps import Plan, Send, cut


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class GiantFrame(Fault):
    """All audio behind the first `after_ms` is one piece, sent when the last of it was due.

    Many libraries refuse more than 1 MiB: 22 s of audio.
    """

    is_harmless = True

    after_ms: float = 0

    def bend(self, plan: Plan) -> Plan:
        """Join the pieces."""
        before, after = cut(plan.steps, self.after_ms)
        places = [at for at, step in enumerate(after) if is_audio(step)]
        if len(places) < 2:
            return plan
        pieces = [step for step in after if is_audio(step)]
        giant = Send(
            data=b"".join(piece.data for piece in pieces),
            spans=tuple(span for piece in pieces for span in piece.spans),
        )
        kept = [giant if at == places[-1] else step for at, step in enumerate(after)]
        giant_only = (step for at, step in enumerate(kept) if at not in places[:-1])
        return replace(plan, steps=(*before, *giant_only))
