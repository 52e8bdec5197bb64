"""The upstream has had enough requests for now."""

from dataclasses import dataclass

from fake_groq.faults.base import Fault, fault
from fake_groq.shaping import refused
from fake_groq.steps import Plan, Refuse, Step


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimited(Fault):
    """A 429 with `retry-after: retry_after_s`, for the first `attempts` at a text.

    0 attempts are all. Real values are 2 for a minute's limit and 30336 for a day's. Only a limit
    for all attempts can meet the upgrade of a WebSocket, as part of the default.
    """

    retry_after_s: float = 2
    attempts: int = 0

    def at_upgrade(self) -> Step | None:
        """Refuse the upgrade, unless attempts are counted."""
        return None if self.attempts else self._refusal

    def bend(self, plan: Plan) -> Plan:
        """Put a refusal in the place of the speech."""
        is_over = bool(self.attempts) and plan.count >= self.attempts
        return plan if is_over else refused(plan, self._refusal)

    @property
    def _refusal(self) -> Refuse:
        return Refuse(status=429, retry_after_s=self.retry_after_s)
