"""Several sessions, several messages each, spoken to their ends at the pace of speech."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions


@scenario("happy_path")
def happy_path(draft: Draft) -> Iterator[SessionPlan]:
    """Messages spoken to their ends, one after the other."""
    yield from sessions(draft, draft.many(standard=4, smoke=2), _story)


def _story(draft: Draft, script: Script, _index: int) -> None:
    for _ in range(draft.many(standard=3, smoke=2)):
        spoken = script.speak(audio_ms=draft.chance.uniform(700, 1500), sentences=2)
        script.await_end(spoken)
