"""Sixteen sessions that all speak at the same moment, three times."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions

ROUNDS = 3


@scenario("sixteen_sessions")
def sixteen_sessions(draft: Draft) -> Iterator[SessionPlan]:
    """16 sessions meet at a barrier, then all ask for speech at once; three rounds."""
    yield from sessions(draft, 16, _story)


def _story(draft: Draft, script: Script, _index: int) -> None:
    for turn in range(ROUNDS):
        script.barrier(f"round-{turn}")
        spoken = script.speak(audio_ms=draft.chance.uniform(480, 960))
        script.await_end(spoken)
