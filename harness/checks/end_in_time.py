"""EOS-4. The end is signalled within a bounded time of its cause (livekit/agents #5359)."""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.units import NS_PER_MS, ms
from harness.model.verdict import Exposure, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView, StreamView

FAULTS = (
    "stall_before_first_byte",
    "stall_mid_stream",
    "missing_marker",
    "abrupt_reset",
    "error_status",
)
SILENT_FAULTS = frozenset(FAULTS[:3])


@check(
    "EOS-4",
    "the end signal within a bounded time of its cause",
    scope=Scope.MESSAGE,
    vantages="C",
    standard=Minimum(total=60, by_category=dict.fromkeys(FAULTS, 3)),
    smoke=Minimum(total=10),
    limits={"explicit_ms": 1000.0, "silent_ms": 1000.0},
)
def end_in_time(message: MessageView, limits: Limits) -> Iterator[Outcome]:
    """Measure from the cause to the end signal: STOP, supersede, the upstream's end, its silence.

    Never from the client's request. A silent upstream adds the declared idle time to the limit.
    """
    if message.is_rejected or message.client_left or message.lost_ns is not None:
        return
    cause = _cause(message)
    if cause is None:
        return
    what, from_ns, is_silent = cause
    limit_ms = limits["explicit_ms"]
    if is_silent:
        limit_ms = limits["silent_ms"] + _idle_ms(message)
    limit_ms += _stalled_ms(message, from_ns)
    acted_ns = message.end_ns
    if acted_ns is None and ms(message.seen_until_ns - from_ns) <= limit_ms:
        yield Unjudged(why="cut")
        return
    acted_ns = acted_ns or message.seen_until_ns
    if ms(acted_ns - from_ns) > limit_ms:
        verb = "came" if message.ends else "had not come"
        yield late(
            f"the end signal of {message.id} {verb} {ms(acted_ns - from_ns):.0f} ms after"
            f" {what}. Limit: {limit_ms:.0f} ms.",
            from_ns=from_ns,
            acted_ns=acted_ns,
            limit_ms=limit_ms,
            category=_category(message, what),
        )
    yield Exposure(category=_category(message, what))


def _cause(message: MessageView) -> tuple[str, int, bool] | None:
    """Return (what, when, whether it is silence); the earliest command wins over the upstream."""
    commands = [c for c in (message.stop, message.superseded) if c is not None]
    if commands:
        first = min(commands, key=lambda command: command.effective_ns)
        what = "STOP" if first is message.stop else "the superseding message"
        return (what, first.effective_ns, False)
    if not message.has_upstream or not message.streams:
        return None
    stream = message.streams[-1]
    heard_ns = max((audio.at_ns for audio in message.audio[-1:]), default=0)
    if stream.fault in SILENT_FAULTS:
        silent_ns = stream.last_sent_ns or stream.opened_ns
        return ("the upstream's last byte", max(silent_ns, heard_ns), True)
    ended_ns = stream.failed_ns or stream.ended_ns
    if ended_ns is None:
        return _silence(stream, heard_ns)
    end_ns = message.end_ns
    heard_ns = max(
        (a.at_ns for a in message.audio if end_ns is None or a.at_ns <= end_ns), default=0
    )
    what = "the upstream's failure" if stream.failed_ns else "the upstream's end"
    if message.behaviour.end_signal == "playback":
        heard_ns = max(heard_ns, _played_out_ns(message))
    return (what, max(ended_ns, heard_ns), False)


def _silence(stream: StreamView, heard_ns: int) -> tuple[str, int, bool] | None:
    if stream.released_ns is not None:
        return None  # the SUT let go of a healthy stream: EOS-3 says what that costs
    return (
        "the upstream's last byte",
        max(stream.last_sent_ns or stream.opened_ns, heard_ns),
        True,
    )


def _idle_ms(message: MessageView) -> int:
    behaviour = message.behaviour
    has_spoken = any(stream.last_sent_ns for stream in message.streams)
    return behaviour.completion_idle_ms if has_spoken else behaviour.silence_budget_ms


def _played_out_ns(message: MessageView) -> int:
    if not message.audio:
        return 0
    played_ms = sum(audio.bytes for audio in message.audio) / 48
    start_ns = message.audio[0].at_ns + message.behaviour.jitter_buffer_ms * NS_PER_MS
    return start_ns + round(played_ms * NS_PER_MS)


def _stalled_ms(message: MessageView, from_ns: int) -> float:
    """Return how long the client's link was a black hole after the cause, in ms."""
    until_ns = message.end_ns or message.seen_until_ns
    total = 0.0
    for window in message.origin.conditions.windows:
        if window.fault == "network_stall" and window.touches(from_ns, until_ns):
            total += ms(min(window.until_ns or until_ns, until_ns) - max(window.from_ns, from_ns))
    return total


def _category(message: MessageView, what: str) -> str:
    if message.stop is not None or message.superseded is not None:
        return "STOP" if what == "STOP" else "supersede"
    faults = [stream.fault for stream in message.streams if stream.fault]
    return faults[-1] if faults else "ended"
