"""The upstream's answer is over within its first header."""

from dataclasses import dataclass, replace
from itertools import takewhile

from fake_groq.end_markers import BODY
from fake_groq.faults.base import Fault, fault, require_whole
from fake_groq.steps import Close, Marker, Plan, Raw, Send

BINARY_FRAME = b"\x82"


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class TruncatedHeader(Fault):
    """The body is `header_bytes` of its WAV header, and a clean end; 0 is an empty body.

    A WebSocket sends the first byte of a frame's header and a FIN.
    """

    header_bytes: int = 20

    def __post_init__(self) -> None:
        """Refuse what is no number of bytes."""
        require_whole("header_bytes", self.header_bytes, range(79))

    def bend(self, plan: Plan) -> Plan:
        """Cut the header and drop the rest."""
        before = tuple(takewhile(lambda step: not isinstance(step, Send), plan.steps))
        if plan.profile == "ws":
            return replace(plan, steps=(*before, Raw(data=BINARY_FRAME), Close(code=None)))
        first = next((step for step in plan.steps if isinstance(step, Send)), Send())
        header = Send(data=first.data[: self.header_bytes])
        return replace(plan, steps=(*before, header, Marker(unit=BODY)))
