"""An upstream that misbehaves in five ways, and a client that asks again afterwards."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions

FAULTS: tuple[dict[str, object], ...] = (
    {"name": "stall_before_first_byte"},
    {"name": "stall_mid_stream", "after_ms": 400},
    {"name": "missing_marker"},
    {"name": "abrupt_reset", "after_ms": 400},
    {"name": "error_status", "status": 503},
)


@scenario("upstream_faults")
def upstream_faults(draft: Draft) -> Iterator[SessionPlan]:
    """Stall before the first byte, stall, missing marker, reset, error status; then a good one."""
    times = draft.many(standard=4, smoke=1)
    yield from sessions(draft, len(FAULTS) * times, _story)


def _story(draft: Draft, script: Script, index: int) -> None:
    fault = dict(FAULTS[index % len(FAULTS)])
    if "after_ms" in fault:
        fault["after_ms"] = draft.chance.choice([160, 240, 400, 560])
    script.await_end(script.speak(audio_ms=800, fault=fault))
    script.await_end(script.speak(audio_ms=400))
