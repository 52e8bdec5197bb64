"""EOS-4. The end is signalled within a bounded time of its cause (livekit/agents #5359)."""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.causes import CLEANUP, Cause, causes_of, idle_ms
from harness.model.units import ms, ns
from harness.model.verdict import Exposure, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView

FAULTS = (
    "stall_before_first_byte",
    "stall_mid_stream",
    "missing_marker",
    "abrupt_reset",
    "error_status",
)


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
    """Measure from the cause to the end: STOP, supersede, cleanup, the upstream's end or silence.

    Never from the client's request. A silent upstream adds the declared idle time to the limit.
    Of several causes the one counts whose limit is reached first. A client that leaves before
    that has seen nothing that can be judged.
    """
    causes = causes_of(message)
    if message.is_rejected or message.is_waiting or message.lost_ns is not None or not causes:
        return
    acted_ns = message.end_ns if message.end_ns is not None else message.watched_until_ns
    due = [(cause, _limit_ms(message, cause, limits, acted_ns)) for cause in causes]
    cause, limit_ms = min(due, key=lambda one: one[0].at_ns + ns(one[1]))
    measured_ms = ms(acted_ns - cause.at_ns)
    if not message.ends and measured_ms <= limit_ms:
        if not message.client_left:
            yield Unjudged(why="cut")
        return
    category = _category(message, cause)
    if measured_ms > limit_ms:
        verb = "came" if message.ends else "had not come"
        yield late(
            f"the end signal of {message.id} {verb} {measured_ms:.0f} ms after {_since(cause)}."
            f" Limit: {limit_ms:.0f} ms.",
            from_ns=cause.at_ns,
            acted_ns=acted_ns,
            limit_ms=limit_ms,
            category=category,
        )
    yield Exposure(category=category)


def _since(cause: Cause) -> str:
    """Return the cause as time counts from it: a command's begins when it has arrived."""
    return f"{cause.what} had reached the SUT" if cause.is_command else cause.what


def _limit_ms(message: MessageView, cause: Cause, limits: Limits, acted_ns: int) -> float:
    """Return the limit, and with it what the links held back for as long as is proven."""
    limit_ms = limits["explicit_ms"]
    if cause.is_silent:
        limit_ms = limits["silent_ms"] + idle_ms(message)
    conditions = message.origin.conditions
    limit_ms += conditions.stalled_ms(cause.at_ns, acted_ns)
    if not cause.is_command:  # a fence has the delay in itself
        limit_ms += conditions.path_delay_ms(cause.at_ns, acted_ns)
    return limit_ms


def _category(message: MessageView, cause: Cause) -> str:
    if cause.is_command:
        return "STOP" if cause.what == "STOP" else "supersede"
    if cause.what == CLEANUP:
        return "cleanup"
    faults = [stream.fault for stream in message.streams if stream.fault]
    return faults[-1] if faults else "ended"
