"""ERR-1. Every upstream failure that can be seen on the wire is told to the client.

By an error frame, or by an end signal whose reason says it. A failure is a status, an error
message, a close frame without marker, a connection that ends too early; silence is none, it has a
budget (EOS-4). That there is one end signal and not more is EOS-1's matter, how late it comes
EOS-4's; this rule asks whether anything was said at all. A failure that another attempt made good
needs no word. Precedent: a completion that never resolves (livekit/agents #5359).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.answers import (
    TELLS_OF_FAILURE,
    has_strange_marker,
    reason_of,
    visible_failures,
)
from harness.model.session_view import SessionView
from harness.model.units import audio_ms, ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView, StreamView


@check(
    "ERR-1",
    "every visible upstream failure told to the client",
    scope=Scope.SESSION,
    vantages="CU",
    standard=Minimum(total=20, by_category={"abrupt_reset": 3, "error_status": 3}),
    smoke=Minimum(total=2),
    limits={"told_ms": 1000.0},
)
def failure_is_told(session: SessionView, limits: Limits) -> Iterator[Outcome]:
    """Look for the word on each failure; an error that names no message may be of any."""
    for message in session.messages:
        failed = visible_failures(message)
        if failed and not has_strange_marker(message):
            stream, at_ns = max(failed, key=lambda one: one[1])
            yield from _judge(session, message, stream, at_ns, limits["told_ms"])


def _judge(
    session: SessionView, message: MessageView, stream: StreamView, at_ns: int, limit_ms: float
) -> Iterator[Outcome]:
    category = _category(stream)
    if _is_told(session, message):
        yield Exposure(category=category)
    elif message.end_ns is None or message.end_ns > _heard_out_ns(message):
        yield from _judge_silence(message, stream, at_ns, limit_ms)
    else:
        yield Finding(
            sentence=f"{message.id}: the upstream failed ({_how(stream)}), and its client got no"
            f' error; the end signal said "{message.ends[0].detail}". Expected: one of the two.',
            at_ns=message.end_ns,
            category=category,
        )
        yield Exposure(category=category)


def _judge_silence(
    message: MessageView, stream: StreamView, at_ns: int, limit_ms: float
) -> Iterator[Outcome]:
    """Judge a failure of which nothing was heard until a command came or the client had left."""
    until_ns = _heard_out_ns(message)
    conditions = message.origin.conditions
    limit_ms += conditions.stalled_ms(at_ns, until_ns) + conditions.path_delay_ms(at_ns, until_ns)
    limit_ms += _unplayed_ms(message)
    if ms(until_ns - at_ns) <= limit_ms:
        if message.is_cut:
            yield Unjudged(why="cut")
        return
    category = _category(stream)
    yield late(
        f"{message.id}: the upstream failed ({_how(stream)}), and {ms(until_ns - at_ns):.0f} ms"
        f" later its client had got neither an error nor an end signal. Limit: {limit_ms:.0f} ms.",
        from_ns=at_ns,
        acted_ns=until_ns,
        limit_ms=limit_ms,
        category=category,
    )
    yield Exposure(category=category)


def _heard_out_ns(message: MessageView) -> int:
    """Return until when the failure had to be told: a command, a lost client, the record's end."""
    return min([message.watched_until_ns, *message.interruptions_ns])


def _is_told(session: SessionView, message: MessageView) -> bool:
    if message.errors or reason_of(message) in TELLS_OF_FAILURE:
        return True
    until_ns = message.end_ns or message.watched_until_ns
    return any(message.speak.at_ns <= error.at_ns <= until_ns for error in session.errors)


def _unplayed_ms(message: MessageView) -> float:
    """Return how much longer the end may take since what was sent before is still played."""
    if message.behaviour.end_signal != "playback":
        return 0.0
    sent = sum(stream.sent_samples + stream.sent_zeros for stream in message.streams)
    return audio_ms(sent) + message.behaviour.jitter_buffer_ms


def _category(stream: StreamView) -> str:
    return stream.fault or ("failed" if stream.failed_ns is not None else "cut off")


def _how(stream: StreamView) -> str:
    return stream.failed_how or "its connection was reset"
