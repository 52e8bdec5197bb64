"""The upstream says in a JSON message that something went wrong."""

import json
from dataclasses import dataclass, replace

from fake_groq.answers import error_of
from fake_groq.faults.base import ERROR_STATUSES, Fault, FaultError, fault, require_whole
from fake_groq.shaping import refused
from fake_groq.steps import Close, Fail, Plan, Refuse, Send, Step, cut


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorMessage(Fault):
    """After `after_ms` of audio the JSON of an error of `status`; then a close with `close_code`.

    Where `close_code` is 0 the socket stays open, and nothing more comes; with `goes_on` 1 the
    speech goes on behind it, to its usual end. Over HTTP the answer is that status.
    """

    after_ms: float = 0
    status: int = 500
    close_code: int = 0
    goes_on: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no error status or no close code."""
        require_whole("status", self.status, ERROR_STATUSES)
        if self.close_code != 0 and self.close_code not in range(1000, 5000):
            raise FaultError(f"'close_code' is 0 or from 1000 to 4999, not {self.close_code!r}.")

    def bend(self, plan: Plan) -> Plan:
        """Put the message behind so much audio, or a refusal in the place of all."""
        if plan.profile == "http":
            return refused(plan, Refuse(status=self.status))
        before, after = cut(plan.steps, self.after_ms)
        text = json.dumps(error_of(self.status, "").body()).encode()
        message = Send(data=text, frame="text")
        if self.goes_on:
            return replace(plan, steps=(*before, message, *after))
        failure: tuple[Step, ...] = (message, Fail(how="error message"))
        if self.close_code:
            failure = (*failure, Close(code=self.close_code))
        return replace(plan, steps=(*before, *failure))
