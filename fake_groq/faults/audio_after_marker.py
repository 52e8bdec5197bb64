"""The upstream says that the speech is over, and then repeats the end of it."""

from dataclasses import dataclass

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import audio_again
from fake_groq.steps import Plan


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class AudioAfterMarker(Fault):
    """Behind the whole speech and its marker the last `audio_ms` of the speech come once more.

    Over HTTP chunks follow the last chunk, and a FIN; they follow the frame where close is the
    marker. It means nothing where nothing is the marker.
    """

    audio_ms: float = 160

    def bend(self, plan: Plan) -> Plan:
        """Put the last audio behind the marker too."""
        return audio_again(plan, self.audio_ms)
