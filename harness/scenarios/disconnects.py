"""A client that leaves, in each phase and in each manner."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions

MANNERS = ("close", "fin", "rst")
PHASES = ("requested", "streaming", "streaming", "requested", "ended", "idle")


@scenario("disconnects")
def disconnects(draft: Draft) -> Iterator[SessionPlan]:
    """Leave by close frame, FIN or RST: idle, before the first audio, in mid-stream, at the end."""
    count = len(MANNERS) * draft.many(standard=len(PHASES), smoke=3)
    yield from sessions(draft, count, _story)


def _story(draft: Draft, script: Script, index: int) -> None:
    chance = draft.chance
    how = MANNERS[index % len(MANNERS)]
    phase = PHASES[index // len(MANNERS) % len(PHASES)]
    if phase == "idle":
        script.pause(chance.uniform(20, 80))
        script.disconnect(how)
        return
    spoken = script.speak(audio_ms=1200, first_audio_ms=chance.uniform(200, 400))
    match phase:
        case "requested":
            script.pause(chance.uniform(20, 150))
        case "streaming":
            script.await_audio(spoken)
            script.pause(chance.uniform(0, 0.6 * spoken.audio_ms))
        case _:
            script.await_end(spoken)
    script.disconnect(how)
