"""The upstream sends a FIN in the middle of its speech and reads on."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import STALL_MS, Fault, fault
from fake_groq.steps import Close, Plan, ShutWriting, Wait, cut


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class HalfClose(Fault):
    """After `after_ms` of audio the writing half is shut; after `stay_ms` the other half too.

    The stream is let go of by whoever does so first.
    """

    after_ms: float = 400
    stay_ms: float = STALL_MS

    def bend(self, plan: Plan) -> Plan:
        """Put the FIN behind so much audio and drop the rest."""
        before, _ = cut(plan.steps, self.after_ms)
        steps = (*before, ShutWriting(), Wait(ms=self.stay_ms), Close(code=None))
        return replace(plan, steps=steps)
