"""The upstream begins with pieces of one byte each."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import sliced
from fake_groq.steps import Plan, Send, Step, cut


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class OneByteFrames(Fault):
    """The first `audio_ms` of audio come byte by byte; over HTTP the WAV header does too."""

    is_harmless = True

    audio_ms: float = 2

    def bend(self, plan: Plan) -> Plan:
        """Cut the first pieces into bytes."""
        before, after = cut(plan.steps, self.audio_ms)
        steps = [piece for step in before for piece in _bytes_of(step)]
        return replace(plan, steps=(*steps, *after))


def _bytes_of(step: Step) -> list[Step]:
    if not isinstance(step, Send) or step.skip_bytes or step.lack_bytes or step.tail:
        return [step]
    pieces: list[Step] = [Send(data=bytes((byte,))) for byte in step.data]
    for sample in sliced(replace(step, data=b""), 1) if step.spans else ():
        pieces += [replace(sample, lack_bytes=1), replace(sample, skip_bytes=1)]
    return pieces
