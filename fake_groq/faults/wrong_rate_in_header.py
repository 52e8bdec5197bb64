"""The upstream's WAV header says another rate than its samples have."""

from dataclasses import dataclass, replace

from fake_groq.faults.base import Fault, fault, require_whole
from fake_groq.shaping import inserted
from fake_groq.steps import Plan, Send, Step
from fake_groq.wav import wav_header

RATES = slice(24, 32)  # samples and bytes a second


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class WrongRateInHeader(Fault):
    """The header says `rate`; a WebSocket, which has none, sends it as its first binary message."""

    rate: int = 48_000

    def __post_init__(self) -> None:
        """Refuse what is no rate."""
        require_whole("rate", self.rate, range(1, 1 << 20))

    def bend(self, plan: Plan) -> Plan:
        """Write the rate into the header."""
        if plan.profile == "ws":
            return inserted(plan, 0, Send(data=wav_header(rate=self.rate)))
        return replace(plan, steps=tuple(map(self._with_rate, plan.steps)))

    def _with_rate(self, step: Step) -> Step:
        if not isinstance(step, Send) or not step.data.startswith(b"RIFF"):
            return step
        data = step.data
        rates = wav_header(rate=self.rate)[RATES]
        return replace(step, data=data[: RATES.start] + rates + data[RATES.stop :])
