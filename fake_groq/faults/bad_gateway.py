"""The proxy before the upstream answers for it, in HTML."""

from dataclasses import dataclass

from fake_groq.faults.base import RefusingFault, fault
from fake_groq.steps import Refuse


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class BadGateway(RefusingFault):
    """A 502 whose body is a page, as a proxy makes it, and no JSON."""

    @property
    def refusal(self) -> Refuse:
        """What is answered."""
        return Refuse(status=502, cause="gateway")
