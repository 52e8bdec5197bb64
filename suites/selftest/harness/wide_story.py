"""Stories with what clients do besides speaking and stopping, and with what others see of it."""

from typing import Self

from harness.model import events as ev
from suites.selftest.harness.story import Story


class WideStory(Story):
    """A story with users, cleanup hooks, forbidden input, a log and resources."""

    def joins(self, at_ms: float, *, session: int, user: str | None = None) -> Self:
        """The client connects, in 10 ms; it must be ``absent`` at the beginning."""
        data = ev.ConnectedData(rtt_ms=2.0, user=user)
        self.event(at_ms, "client", "client_connecting", data, session=session)
        return self.event(at_ms + 10, "client", "client_connected", data, session=session)

    def turned_away(self, at_ms: float, *, session: int, user: str | None = None) -> Self:
        """The client connects and is not let in."""
        data = ev.ConnectedData(user=user)
        self.event(at_ms, "client", "client_connecting", data, session=session)
        answer = ev.EndData(text="refused")
        return self.event(at_ms + 5, "client", "connect_failed", answer, session=session)

    def cleanup(
        self,
        at_ms: float,
        *,
        session: int = 1,
        times: int = 3,
        every_ms: float = 20,
        answer_after_ms: float | None = 2,
        status: int = 200,
    ) -> Self:
        """The hook is called so many times; ``every_ms`` of 0 calls all at once."""
        for call in range(1, times + 1):
            called_ms = at_ms + (call - 1) * every_ms
            data = ev.CleanupData(call=call, times=times, at_once=every_ms == 0)
            self.event(called_ms, "client", "cleanup_called", data, session=session)
            if answer_after_ms is not None:
                answered = ev.CleanupData(call=call, times=times, status=status)
                answered_ms = called_ms + answer_after_ms
                self.event(answered_ms, "client", "cleanup_answered", answered, session=session)
        return self

    def invalid(
        self,
        at_ms: float,
        kind: str = "no_json",
        *,
        session: int = 1,
        fatal: bool = False,
        pong_after_ms: float | None = 2,
    ) -> Self:
        """The client sends what is forbidden."""
        data = ev.InvalidData(invalid=kind, fatal=fatal)
        self.event(at_ms, "client", "invalid_sent", data, session=session)
        return self._fence(at_ms, session, pong_after_ms)

    def logged(self, at_ms: float, message: int | None = 1, *, session: int = 1) -> Self:
        """The SUT's log has a cleanup call."""
        lane = ev.LaneData(lane=self.lane)
        return self.event(at_ms, "log", "cleanup_logged", lane, session=session, message=message)

    def holds(self, at_ms: float, **held: float) -> Self:
        """The SUT's hook says what it holds, then a look at its processes follows."""
        self.event(at_ms, "hook", "hook_sample", ev.HookData(lane=self.lane, held=held))
        return self.processes(at_ms)


def cleaned(*, every_ms: float = 20, status: int = 200) -> WideStory:
    """A message that the hook ends in mid-stream: calls at 300, 320 and 340 ms, its end at 303."""
    story = WideStory()
    story.begun(0, 300).cleanup(300, every_ms=every_ms, status=status)
    story.let_go(302).end(303, reason="cleanup")
    return story
