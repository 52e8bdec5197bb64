"""The upstream's connections are reset in the middle of speech, and a good message follows."""

from collections.abc import Iterator

from harness.model.operations import FaultPlan, SessionPlan
from harness.scenarios.base import Draft, Script, always, now_and_then, scenario, sessions

WINDOW_MS = 300


def _schedule(draft: Draft) -> tuple[FaultPlan, ...]:
    starts_ms = [draft.chance.uniform(800, 1100) + turn * 2600 for turn in range(_turns(draft))]
    resets = now_and_then("network_reset", "upstream", starts_ms=starts_ms, duration_ms=WINDOW_MS)
    return (*always("network_armed", "upstream"), *resets)


def _turns(draft: Draft) -> int:
    return draft.many(standard=3, smoke=1)


@scenario("upstream_reset", isolation="sut", faults=_schedule)
def upstream_reset(draft: Draft) -> Iterator[SessionPlan]:
    """Messages that meet a reset after 0.8 to 1.4 s; each is followed by one that meets none."""
    yield from sessions(draft, draft.many(standard=5, smoke=3), _story)


def _story(draft: Draft, script: Script, _index: int) -> None:
    for _ in range(_turns(draft)):
        script.await_end(script.speak(audio_ms=2200))
        script.pause(WINDOW_MS + 100)  # until the link is whole again
        script.await_end(script.speak(audio_ms=draft.chance.uniform(480, 800)))
