"""The upstream says that the speech is over, and then sends the end of it."""

from dataclasses import dataclass

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import marker_first
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
        return marker_first(plan, self.audio_ms)
