"""A client that reads nothing, while its upstream offers far more than anybody should keep."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions

OFFERED_BYTES = 64 * 1024 * 1024
BYTES_PER_MS = 48
HOLD_MORE_MS = 1000
SMOKE_MS_MAX = 6000


@scenario("half_open_client", isolation="sut")
def half_open_client(draft: Draft) -> Iterator[SessionPlan]:
    """64 MiB at full speed for a client that neither reads nor goes; no proxy is between."""
    patience_ms = draft.behaviour.vanish_detection_ms
    if draft.tier == "smoke" and patience_ms > SMOKE_MS_MAX:
        return

    def story(_draft: Draft, script: Script, _index: int) -> None:
        script.is_direct = True  # a client that reads nothing would stop a proxy for all
        script.speak(audio_ms=OFFERED_BYTES / BYTES_PER_MS, pace="max", first_audio_ms=20)
        script.disconnect("half_open", hold_ms=patience_ms + HOLD_MORE_MS)

    yield from sessions(draft, draft.many(standard=2, smoke=1), story)
