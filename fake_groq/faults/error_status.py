"""The upstream refuses with an HTTP status.

A WebSocket is refused at its upgrade where the fault is part of the default behaviour. Where only
the text of the request can tell that it applies, the upgrade is over: an error message and a close
frame take the place of the status.
"""

from dataclasses import dataclass

from fake_groq.faults.base import ERROR_STATUSES, RefusingFault, fault, require_whole
from fake_groq.steps import Refuse


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorStatus(RefusingFault):
    """The answer is an error of `status`; `retry_after_s` makes a header of that name (0: none)."""

    status: int = 503
    retry_after_s: float = 0

    def __post_init__(self) -> None:
        """Refuse what is no error status."""
        require_whole("status", self.status, ERROR_STATUSES)

    @property
    def refusal(self) -> Refuse:
        """What is answered."""
        return Refuse(status=self.status, retry_after_s=self.retry_after_s or None)
