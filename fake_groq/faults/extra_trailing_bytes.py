"""The upstream sends bytes that are no audio behind its audio."""

from dataclasses import dataclass

from fake_groq.faults.base import Fault, fault, require_whole
from fake_groq.shaping import inserted
from fake_groq.steps import ALL_MS, Plan, Send


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraTrailingBytes(Fault):
    """Between the last audio and the end come `count` bytes of 1, as a piece of their own."""

    count: int = 5

    def __post_init__(self) -> None:
        """Refuse what is no number of bytes."""
        require_whole("count", self.count, range(1, 1 << 20))

    def bend(self, plan: Plan) -> Plan:
        """Put the bytes behind the last audio."""
        return inserted(plan, ALL_MS, Send(data=b"\x01" * self.count))
