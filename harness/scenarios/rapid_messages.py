"""Messages that follow each other faster than they are spoken."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions


@scenario("rapid_messages")
def rapid_messages(draft: Draft) -> Iterator[SessionPlan]:
    """Each message supersedes the one before it, after 0 to 500 ms; the last is heard whole."""
    yield from sessions(draft, draft.many(standard=8, smoke=2), _story)


def _story(draft: Draft, script: Script, _index: int) -> None:
    chance = draft.chance
    for _ in range(draft.many(standard=9, smoke=4)):
        spoken = script.speak(
            audio_ms=chance.uniform(640, 1200), first_audio_ms=chance.uniform(40, 160)
        )
        script.pause(chance.choice([0, chance.uniform(0, 120), chance.uniform(120, 500)]))
    spoken = script.speak(audio_ms=640)
    script.await_end(spoken)
