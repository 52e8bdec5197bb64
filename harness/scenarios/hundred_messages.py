"""One session, hundreds of messages in a row: what leaks, leaks here."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions


@scenario("hundred_messages", isolation="sut")
def hundred_messages(draft: Draft) -> Iterator[SessionPlan]:
    """400 consecutive messages on one session; short, and eight times as fast as speech."""
    yield from sessions(draft, 1, _story)


def _story(draft: Draft, script: Script, _index: int) -> None:
    for _ in range(draft.many(standard=400, smoke=60)):
        audio_ms = draft.chance.uniform(160, 320)
        spoken = script.speak(audio_ms=audio_ms, pace="8x", first_audio_ms=20)
        script.await_end(spoken)
