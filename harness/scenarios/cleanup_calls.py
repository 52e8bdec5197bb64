"""The cleanup hook, called three times in a row and three times at once, in each phase."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions

PHASES = ("requested", "streaming", "ended", "after an error")


@scenario("cleanup_calls")
def cleanup_calls(draft: Draft) -> Iterator[SessionPlan]:
    """Cleanup x 3: before the first audio, in mid-stream, after the end, after an error."""
    yield from sessions(draft, 2 * draft.many(standard=4, smoke=1), _story)


def _story(draft: Draft, script: Script, index: int) -> None:
    chance = draft.chance
    for phase in PHASES:
        fault = {"name": "error_message"} if phase == "after an error" else None
        first_audio_ms = 320 if phase == "requested" else 160
        spoken = script.speak(audio_ms=560, first_audio_ms=first_audio_ms, fault=fault)
        match phase:
            case "requested":
                script.pause(chance.uniform(20, 160))
            case "streaming":
                script.await_audio(spoken)
                script.pause(chance.uniform(0, 240))
            case _:
                script.await_end(spoken)
                script.pause(chance.uniform(0, 60))
        script.call_cleanup(at_once=bool(index % 2))
        script.await_end(spoken)
        script.await_end(script.speak(audio_ms=240))
