"""A user far away: latency on the client's link, with STOPs aimed at every phase."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, always, scenario, sessions

LATENCY_MS = 260
AIM = (0.1, 0.5)  # of the time for which a message drains: a driver that is late still meets it


@scenario(
    "client_latency",
    isolation="sut",
    faults=lambda _: always("network_latency", "client", latency_ms=LATENCY_MS),
)
def client_latency(draft: Draft) -> Iterator[SessionPlan]:
    """260 ms each way between client and platform: STOPs while draining, supersedes, leaving."""
    yield from sessions(draft, draft.many(standard=8, smoke=3), _story)


def _story(draft: Draft, script: Script, index: int) -> None:
    chance = draft.chance
    for turn in range(draft.many(standard=4, smoke=2)):
        spoken = script.speak(audio_ms=chance.uniform(480, 960))
        script.await_audio(spoken)
        # The upstream's end and its last frame are on their way for LATENCY_MS.
        to_draining_ms = spoken.audio_ms - 80 - LATENCY_MS * (1 - chance.uniform(*AIM))
        script.pause(to_draining_ms if turn % 4 != 1 else chance.uniform(80, 240))
        script.stop()
        script.await_end(spoken)
    spoken = script.speak(audio_ms=480)
    script.pause(chance.uniform(300, 500))
    spoken = script.speak(audio_ms=480)
    if index % 2:
        script.await_audio(spoken)
        script.pause(spoken.audio_ms - 80 - LATENCY_MS / 2)
        script.disconnect("close")
    else:
        script.await_end(spoken)
