"""STOP-2. STOP releases the upstream stream at once (pipecat #3986)."""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.units import ms, ns
from harness.model.verdict import Exposure, Minimum, Outcome, Scope, Unjudged
from harness.model.views import Command, MessageView, StreamView


@check(
    "STOP-2",
    "the upstream stream released at once on STOP",
    scope=Scope.MESSAGE,
    vantages="CU",
    standard=Minimum(total=50, by_category={"requested": 10, "streaming": 10}),
    smoke=Minimum(total=4, by_category={"streaming": 3}),
    limits={"release_ms": 250.0},
)
def stop_releases_upstream(message: MessageView, limits: Limits) -> Iterator[Outcome]:
    """Measure from the effective fence to the release.

    A stream that ended by itself in time is no case; one that was left to speak to its end is.
    """
    if message.stop is None:
        return
    for stream in message.streams:
        if stream.live_until_ns is None or stream.live_until_ns > message.stop.at_ns:
            yield from _judge_stream(message, message.stop, stream, limits["release_ms"])


def _judge_stream(
    message: MessageView, stop: Command, stream: StreamView, release_ms: float
) -> Iterator[Outcome]:
    conditions = message.origin.conditions
    from_ns = max(stop.effective_ns, stream.opened_ns)
    until_ns = from_ns + ns(release_ms)
    if conditions.is_stalled("upstream", stop.at_ns, until_ns):
        yield Unjudged(why="link_fault")
        return
    limit_ms = release_ms + conditions.delay_ms("upstream", stop.at_ns, until_ns)
    let_go_ns = stream.live_until_ns
    measured_ms = ms((let_go_ns or message.seen_until_ns) - from_ns)
    if let_go_ns is None and measured_ms <= limit_ms:
        yield Unjudged(why="cut")
        return
    is_ended = let_go_ns is not None and _has_ended_by_itself(stream)
    phase = stop.phase.value
    if measured_ms > limit_ms:
        verb = "was still held" if let_go_ns is None else "was released"
        if is_ended:
            verb = "was left to speak to its end"
        yield late(
            f"the upstream stream of {message.id}, stopped while {phase}, {verb}"
            f" {measured_ms:.0f} ms after STOP had reached the SUT. Limit: {limit_ms:.0f} ms.",
            from_ns=from_ns,
            acted_ns=let_go_ns or message.seen_until_ns,
            limit_ms=limit_ms,
            category=phase,
        )
        yield Exposure(category=phase)
    elif not is_ended:
        yield Exposure(category=phase)


def _has_ended_by_itself(stream: StreamView) -> bool:
    return stream.live_until_ns == stream.ended_ns or stream.released_by == "own"
