"""A client that is gone without a word: its connection stands, and nothing answers any more."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions

HOLD_MORE_MS = 1000


@scenario("vanished_client")
def vanished_client(draft: Draft) -> Iterator[SessionPlan]:
    """Only where the platform says that its pings find out: at rest, before audio, in mid-stream.

    The proxy goes on to acknowledge what is sent, so nothing below WebSocket can tell.
    """
    if draft.behaviour.vanish_detection == "ping":
        yield from sessions(draft, draft.many(standard=6, smoke=3), _story)


def _story(draft: Draft, script: Script, index: int) -> None:
    patience_ms = draft.behaviour.vanish_detection_ms
    match index % 3:
        case 0:
            script.pause(50)
        case 1:
            script.speak(audio_ms=patience_ms + 2000, first_audio_ms=400)
            script.pause(draft.chance.uniform(20, 200))
        case _:
            spoken = script.speak(audio_ms=patience_ms + 2000)
            script.await_audio(spoken)
            script.pause(draft.chance.uniform(0, 300))
    script.disconnect("vanish", hold_ms=patience_ms + HOLD_MORE_MS)
