"""A provider behind a narrow link: hardly more than speech needs."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, always, scenario, sessions


@scenario(
    "upstream_bandwidth",
    isolation="sut",
    faults=lambda _: always("network_bandwidth", "upstream", rate_kb_per_s=64),
)
def upstream_bandwidth(draft: Draft) -> Iterator[SessionPlan]:
    """64 kB/s between platform and provider: whole messages, STOPs and supersedes."""
    yield from sessions(draft, draft.many(standard=4, smoke=2), _story)


def _story(draft: Draft, script: Script, _index: int) -> None:
    chance = draft.chance
    for _ in range(draft.many(standard=2, smoke=1)):
        script.await_end(script.speak(audio_ms=800))
        spoken = script.speak(audio_ms=1200)
        script.await_audio(spoken)
        script.pause(chance.uniform(80, 600))
        script.stop()
        script.await_end(spoken)
    script.speak(audio_ms=1200)
    script.pause(chance.uniform(0, 900))
    script.await_end(script.speak(audio_ms=640))
