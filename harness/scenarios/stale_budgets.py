"""A message in mid-stream at the moment when the budgets of the ten before it would run out."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions

BEFORE = 10
AFTER_MS = 900


@scenario("stale_budgets")
def stale_budgets(draft: Draft) -> Iterator[SessionPlan]:
    """Ten messages that complete, are stopped or fail; then a long one that outlasts their time."""
    yield from sessions(draft, draft.many(standard=3, smoke=1), _story)


def _story(draft: Draft, script: Script, _index: int) -> None:
    budget_ms = draft.behaviour.longest_silence_ms
    for turn in range(BEFORE):
        fault = {"name": "error_message"} if turn % 3 == 2 else None
        spoken = script.speak(audio_ms=240, pace="8x", first_audio_ms=20, fault=fault)
        if turn % 3 == 1:
            script.pause(draft.chance.uniform(0, 30))
            script.stop()
        script.await_end(spoken)
    script.await_end(script.speak(audio_ms=budget_ms + AFTER_MS))
