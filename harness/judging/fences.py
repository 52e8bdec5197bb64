"""The commands of one session and the fences behind them: when a command had reached the SUT."""

from harness.model.units import NS_PER_MS
from harness.model.views import Command, Conditions

CAP_NS = 150 * NS_PER_MS


class Fences:
    """Which command each fence stands behind; ``idle_round_trip_ns`` is the session's own."""

    def __init__(self) -> None:
        self.idle_round_trip_ns = 0
        self._last: Command | None = None
        self._waiting: dict[str, Command] = {}

    def follow(self, command: Command) -> None:
        """Take a command; the next fence stands behind it."""
        self._last = command

    def sent(self, fence: str, *, command_seq: int) -> None:
        """Take a fence and the number of the command that it names (-1: the one before it)."""
        if self._last is not None and command_seq in (-1, self._last.seq):
            self._waiting[fence] = self._last

    def passed(self, fence: str, at_ns: int) -> None:
        """Take a PONG: it passes all earlier fences too (RFC 6455, 5.5.3)."""
        if fence not in self._waiting:
            return
        for name in list(self._waiting):
            self._waiting.pop(name).fence_passed_ns = at_ns
            if name == fence:
                break

    def settle(self, command: Command, conditions: Conditions) -> bool:
        """Set the command's effective fence; False if that was done before.

        To be called when the PONG and the canary's next round trip have had their time.
        """
        if command.effective_ns:
            return False
        round_trip_ns = conditions.round_trip_ns("client", command.at_ns)
        if round_trip_ns is None:
            round_trip_ns = self.idle_round_trip_ns
        cap_ns = command.at_ns + round_trip_ns + CAP_NS
        passed_ns = command.fence_passed_ns
        command.is_fence_late = passed_ns is None or passed_ns > cap_ns
        command.effective_ns = cap_ns if command.is_fence_late else passed_ns or cap_ns
        return True
