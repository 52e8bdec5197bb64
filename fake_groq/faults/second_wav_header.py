"""The upstream sends a WAV header in the middle of its speech."""

from dataclasses import dataclass

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import inserted
from fake_groq.steps import Plan, Send
from fake_groq.wav import wav_header


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class SecondWavHeader(Fault):
    """After `after_ms` of audio come the 78 bytes of a WAV header, as a piece of their own."""

    after_ms: float = 400

    def bend(self, plan: Plan) -> Plan:
        """Put the header behind so much audio."""
        return inserted(plan, self.after_ms, Send(data=wav_header()))
