"""Users who come, hear a few words and go: what a session leaves behind adds up."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions

MANNERS = ("close", "fin", "rst", "")
WAVE = 10
WAVE_EVERY_MS = 1700.0
EVERY_MS = 30.0


@scenario("churn", isolation="sut")
def churn(draft: Draft) -> Iterator[SessionPlan]:
    """200 sessions in waves of ten: connect, speak, leave in one manner after the other.

    Behind each wave nobody is connected for a moment: what is still held then is held for ever.
    """
    yield from sessions(draft, draft.many(standard=200, smoke=40), _story)


def _story(_draft: Draft, script: Script, index: int) -> None:
    wave, place = divmod(index, WAVE)
    script.connect_after(wave * WAVE_EVERY_MS + place * EVERY_MS)
    spoken = script.speak(audio_ms=160, pace="8x", first_audio_ms=20)
    script.await_end(spoken)
    how = MANNERS[index % len(MANNERS)]
    if how:
        script.disconnect(how)
