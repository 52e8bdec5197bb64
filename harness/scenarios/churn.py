"""Users who come, hear a few words and go: what a session leaves behind adds up."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions

MANNERS = ("close", "fin", "rst", "")
EVERY_MS = 60.0


@scenario("churn", isolation="sut")
def churn(draft: Draft) -> Iterator[SessionPlan]:
    """200 sessions in quick succession: connect, speak, leave in one manner after the other."""
    yield from sessions(draft, draft.many(standard=200, smoke=60), _story)


def _story(_draft: Draft, script: Script, index: int) -> None:
    script.connect_after(index * EVERY_MS)
    spoken = script.speak(audio_ms=160, pace="8x", first_audio_ms=20)
    script.await_end(spoken)
    how = MANNERS[index % len(MANNERS)]
    if how:
        script.disconnect(how)
