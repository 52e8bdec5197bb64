"""Several sessions, several messages each, spoken to their ends at the pace of speech."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions


@scenario("happy_path")
def happy_path(draft: Draft) -> Iterator[SessionPlan]:
    """Messages spoken to their ends, one after the other; each second one has a pause in it."""
    yield from sessions(draft, draft.many(standard=4, smoke=2), _story)


def _story(draft: Draft, script: Script, _index: int) -> None:
    for turn in range(draft.many(standard=3, smoke=2)):
        pauses = ((draft.chance.uniform(100, 300), 220),) if turn % 2 else ()
        audio_ms = draft.chance.uniform(700, 1500)
        spoken = script.speak(audio_ms=audio_ms, sentences=2, pauses=pauses)
        script.await_end(spoken)
