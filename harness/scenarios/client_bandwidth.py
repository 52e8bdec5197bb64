"""A user on a narrow link: hardly more than speech needs, with STOPs and supersedes."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, always, scenario, sessions

RATE_KB_PER_S = 64  # speech needs 48; a frame of 80 ms takes 60 ms


@scenario(
    "client_bandwidth",
    isolation="sut",
    faults=lambda _: always("network_bandwidth", "client", rate_kb_per_s=RATE_KB_PER_S),
)
def client_bandwidth(draft: Draft) -> Iterator[SessionPlan]:
    """64 kB/s between client and platform: STOPs in every phase, supersedes, whole messages."""
    yield from sessions(draft, draft.many(standard=4, smoke=2), _story)


def _story(draft: Draft, script: Script, _index: int) -> None:
    chance = draft.chance
    for turn in range(draft.many(standard=6, smoke=3)):
        spoken = script.speak(audio_ms=chance.uniform(640, 1120))
        match turn % 3:
            case 0:
                script.await_audio(spoken)
                script.pause(chance.uniform(80, 480))
            case 1:
                script.pause(chance.uniform(0, spoken.first_audio_ms * 0.8))
            case _:
                script.await_audio(spoken)
                script.pause(spoken.audio_ms - 80 - chance.uniform(10, 50))
        script.stop()
        script.await_end(spoken)
    for _ in range(2):
        script.speak(audio_ms=800)
        script.pause(chance.uniform(200, 600))
    script.await_end(script.speak(audio_ms=640))
