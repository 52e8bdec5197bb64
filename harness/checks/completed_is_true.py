"""EOS-6. A message is never said to be completed unless the upstream said so.

What else is untrue of a reason is EOS-5's matter; that samples are missing is EOS-3's. Precedent:
a turn that is told as complete at once, before it was (livekit/agents #4650).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.answers import (
    COMPLETED,
    has_strange_marker,
    may_end_by_idle,
    reason_of,
    unsaid_streams,
    visible_failures,
)
from harness.model.target import Behaviour
from harness.model.units import ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope
from harness.model.views import MessageView, StreamView


def _carries_a_reason(behaviour: Behaviour) -> bool:
    return behaviour.reasons is not None


@check(
    "EOS-6",
    "never says completed unless the upstream said so",
    scope=Scope.MESSAGE,
    vantages="CU",
    standard=Minimum(total=100, by_category={"not said": 15}),
    smoke=Minimum(total=10, by_category={"not said": 2}),
    limits={"ahead_ms": 250.0},
    applies=_carries_a_reason,
)
def completed_is_true(message: MessageView, limits: Limits) -> Iterator[Outcome]:
    """Compare the first end signal's reason with what the upstream said of each segment.

    The upstream may note its marker after the SUT has passed it on, but not by long. Where silence
    is a declared ending, only a failure that could be seen is a case.
    """
    reason = reason_of(message)
    if reason is None or message.client_left or not message.streams:
        return
    if has_strange_marker(message):
        return
    unsaid = unsaid_streams(message)
    failed = visible_failures(message)
    if unsaid and not failed and may_end_by_idle(message.behaviour):
        return
    if reason == COMPLETED and unsaid:
        how = f"it failed ({failed[0][0].failed_how or 'cut off'})" if failed else "it had not"
        yield Finding(
            sentence=f'{message.id} ended by "{message.ends[0].detail}" (completed), though the'
            f" upstream never said so: {how}. Expected: its end marker.",
            at_ns=message.ends[0].at_ns,
            category="not said",
        )
    elif reason == COMPLETED:
        yield from _judge_time(message, limits["ahead_ms"])
    yield Exposure(category="not said" if unsaid else "said")


def _judge_time(message: MessageView, limit_ms: float) -> Iterator[Outcome]:
    end_ns = message.ends[0].at_ns
    said_ns = max(_said_ns(message, stream) for stream in message.final_streams)
    ahead_ms = ms(said_ns - end_ns)
    if ahead_ms > limit_ms:
        yield late(
            f'{message.id} ended by "{message.ends[0].detail}" (completed) {ahead_ms:.0f} ms before'
            f" the upstream said so. Limit: {limit_ms:.0f} ms.",
            from_ns=end_ns,
            acted_ns=said_ns,
            limit_ms=limit_ms,
            category="said",
        )


def _said_ns(message: MessageView, stream: StreamView) -> int:
    """Return when the first attempt of this segment was called complete."""
    wanted = set(stream.sentences)
    ends = [s.ended_ns for s in message.streams if s.ended_ns and wanted <= set(s.sentences)]
    return min(ends, default=0)
