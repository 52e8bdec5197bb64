"""A provider far away: latency on the upstream's link."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, always, scenario, sessions


@scenario(
    "upstream_latency",
    isolation="sut",
    faults=lambda _: always("network_latency", "upstream", latency_ms=120),
)
def upstream_latency(draft: Draft) -> Iterator[SessionPlan]:
    """120 ms each way between platform and provider: whole messages, STOPs and supersedes."""
    yield from sessions(draft, draft.many(standard=4, smoke=2), _story)


def _story(draft: Draft, script: Script, _index: int) -> None:
    chance = draft.chance
    script.await_end(script.speak(audio_ms=800))
    for _ in range(2):
        spoken = script.speak(audio_ms=1200)
        script.await_audio(spoken)
        script.pause(chance.uniform(80, 600))
        script.stop()
        script.await_end(spoken)
    spoken = script.speak(audio_ms=1200)
    script.pause(chance.uniform(0, 900))
    script.await_end(script.speak(audio_ms=640))
