"""The client's connections are reset in the middle of speech; those at rest and new ones work."""

from collections.abc import Iterator

from harness.model.operations import FaultPlan, SessionPlan
from harness.scenarios.base import Draft, Script, always, now_and_then, scenario, sessions

FIRST_MS = 1000.0
EVERY_MS = 2200
WINDOW_MS = 300


def _schedule(draft: Draft) -> tuple[FaultPlan, ...]:
    starts_ms = [FIRST_MS + turn * EVERY_MS for turn in range(_windows(draft))]
    resets = now_and_then("network_reset", "client", starts_ms=starts_ms, duration_ms=WINDOW_MS)
    return (*always("network_armed", "client"), *resets)


def _windows(draft: Draft) -> int:
    return draft.many(standard=3, smoke=1)


@scenario("client_reset", isolation="sut", faults=_schedule)
def client_reset(draft: Draft) -> Iterator[SessionPlan]:
    """In each window those who are spoken to are reset; who rests meanwhile is served after it."""
    groups = _windows(draft) + 1
    yield from sessions(draft, groups * draft.many(standard=3, smoke=2), _story)


def _story(draft: Draft, script: Script, index: int) -> None:
    chance = draft.chance
    turn = index % (_windows(draft) + 1)
    if turn:
        script.pause(FIRST_MS + (turn - 1) * EVERY_MS + WINDOW_MS + chance.uniform(200, 400))
    if turn < _windows(draft):
        script.await_end(script.speak(audio_ms=2400))  # the reset comes first
        return
    spoken = script.speak(audio_ms=960)
    script.await_audio(spoken)
    script.pause(chance.uniform(80, 480))
    script.stop()
    script.await_end(spoken)
    script.await_end(script.speak(audio_ms=640))
