"""The upstream's WAV header says another rate than its samples have."""

from dataclasses import dataclass, replace

from fake_groq.audio import wav_header
from fake_groq.faults.base import Fault, fault, require_whole
from fake_groq.shaping import inserted
from fake_groq.steps import Plan, Send


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
        wrong = Send(data=wav_header(self.rate))
        if plan.profile == "ws":
            return inserted(plan, 0, wrong)
        right = Send(data=wav_header())
        return replace(plan, steps=tuple(wrong if step == right else step for step in plan.steps))
