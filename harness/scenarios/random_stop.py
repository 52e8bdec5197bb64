"""STOP at any moment: uniform over the message, and aimed at the borders of its phases."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions

BORDER_MS = 40


@scenario("random_stop")
def random_stop(draft: Draft) -> Iterator[SessionPlan]:
    """STOP before the first audio, in mid-stream, and within 40 ms of either border."""
    yield from sessions(draft, draft.many(standard=8, smoke=3), _story)


def _story(draft: Draft, script: Script, _index: int) -> None:
    chance = draft.chance
    script.stop()  # before any message
    aims = draft.many(standard=8, smoke=4)
    for turn in range(aims):
        spoken = script.speak(
            audio_ms=chance.uniform(800, 1600), first_audio_ms=chance.uniform(120, 320)
        )
        match turn % 4:
            case 0:
                script.pause(chance.uniform(0, spoken.first_audio_ms * 0.8))
            case 1:
                script.await_audio(spoken)
                script.pause(chance.uniform(80, spoken.audio_ms - 160))
            case 2:
                script.pause(spoken.first_audio_ms + chance.uniform(-BORDER_MS, BORDER_MS))
            case _:
                script.await_audio(spoken)
                script.pause(spoken.audio_ms - 80 + chance.uniform(-BORDER_MS, BORDER_MS))
        script.stop()
        script.await_end(spoken)
        if turn == aims - 1:
            script.stop()  # an idle STOP is answered by nothing, nor is one right behind it
            script.stop()
            script.pause(150)
            script.await_end(script.speak(audio_ms=320))
