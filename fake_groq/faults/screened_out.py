"""The proxy before the upstream does not let the request in."""

from dataclasses import dataclass

from fake_groq.faults.base import RefusingFault, fault
from fake_groq.steps import Refuse


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenedOut(RefusingFault):
    """A 403 that says `error code: 1010` and is no JSON."""

    @property
    def refusal(self) -> Refuse:
        """What is answered."""
        return Refuse(status=403, cause="screened")
