"""Every way in which an upstream can end a message, each alone, and a good message after it."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, Script, scenario, sessions

WAYS: tuple[dict[str, object], ...] = (
    {"name": "close_without_marker", "after_ms": 400},
    {"name": "close_with_error"},
    {"name": "body_cut_short"},
    {"name": "abrupt_reset", "after_ms": 400},
    {"name": "error_message"},
    {"name": "error_message", "after_ms": 240, "close_code": 1011},
    {"name": "error_status", "status": 429, "retry_after_s": 2},
    {"name": "silent_answer"},
    {"name": "stall_then_close", "stall_ms": 300},
    {"name": "stall_mid_stream", "after_ms": 240},
    {"name": "missing_marker"},
    {"name": "pause_mid_stream"},
    {"name": "marker_twice"},
    {"name": "marker_and_silence"},
    {"name": "empty_frame_first"},
    {"name": "empty_frame_last"},
    {"name": "audio_after_marker"},
    {"name": "marker_before_last_audio"},
)
SMOKE = (
    "close_with_error",
    "body_cut_short",
    "error_message",
    "silent_answer",
    "pause_mid_stream",
    "empty_frame_first",
)


@scenario("endings")
def endings(draft: Draft) -> Iterator[SessionPlan]:
    """Closed, cut, reset, refused, silent, stalled, marked twice or too early; then a good one."""
    ways = WAYS if draft.tier != "smoke" else tuple(w for w in WAYS if w["name"] in SMOKE)

    def story(_draft: Draft, script: Script, index: int) -> None:
        script.await_end(script.speak(audio_ms=640, fault=dict(ways[index % len(ways)])))
        script.await_end(script.speak(audio_ms=320))

    yield from sessions(draft, len(ways) * draft.many(standard=3, smoke=1), story)
