"""The upstream is gone in the middle of a frame or chunk."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import is_audio
from fake_groq.steps import SAMPLE_BYTES, Close, Plan, Send, Step, cut, split_spans


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class TornFrame(Fault):
    """After `after_ms` of audio comes half of a piece that announces all of it, and a FIN."""

    after_ms: float = 400

    def bend(self, plan: Plan) -> Plan:
        """Tear the piece and drop the rest."""
        before, after = cut(plan.steps, self.after_ms)
        waits, piece = _until_audio(after)
        if piece is None:
            return plan
        first, second = split_spans(piece.spans, piece.samples // 2)
        owed = SAMPLE_BYTES * sum(span.samples for span in second)
        torn = replace(piece, spans=first, owes_bytes=owed)
        return replace(plan, steps=(*before, *waits, torn, Close(code=None)))


def _until_audio(steps: tuple[Step, ...]) -> tuple[tuple[Step, ...], Send | None]:
    for at, step in enumerate(steps):
        if is_audio(step):
            return steps[:at], step
    return steps, None
