"""The upstream's link is a black hole for a while: nothing passes, nothing is lost."""

from collections.abc import Iterator

from harness.model.operations import FaultPlan, SessionPlan
from harness.scenarios.base import Draft, Script, now_and_then, scenario, sessions

STALL_MS = 600


def _schedule(draft: Draft) -> tuple[FaultPlan, ...]:
    starts_ms = [draft.chance.uniform(700, 1100) + turn * 2600 for turn in range(3)]
    return now_and_then("network_stall", "upstream", starts_ms=starts_ms, duration_ms=STALL_MS)


@scenario("upstream_stall", isolation="sut", faults=_schedule)
def upstream_stall(draft: Draft) -> Iterator[SessionPlan]:
    """Three stalls of 600 ms in the middle of speech."""
    yield from sessions(draft, draft.many(standard=3, smoke=2), _story)


def _story(draft: Draft, script: Script, _index: int) -> None:
    for _ in range(draft.many(standard=3, smoke=2)):
        script.await_end(script.speak(audio_ms=draft.chance.uniform(1700, 2100)))
