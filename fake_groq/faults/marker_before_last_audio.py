"""The upstream says that the speech is over, and then sends the end of it."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import divided, hung_up, last_audio, open_marker
from fake_groq.steps import Plan


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerBeforeLastAudio(Fault):
    """The end marker comes before the last `audio_ms` of the speech, and not behind them.

    Over HTTP chunks follow the last chunk, and a FIN; they follow the frame where close is the
    marker.
    """

    audio_ms: float = 160

    def bend(self, plan: Plan) -> Plan:
        """Move the marker."""
        _, marker, rest = divided(plan)
        if not marker:
            return plan
        before, late = last_audio(plan, self.audio_ms)
        return replace(plan, steps=(*before, *open_marker(marker), *late, *hung_up(plan, rest)))
