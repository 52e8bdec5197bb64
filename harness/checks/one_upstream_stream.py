"""OWN-1. At most one upstream stream of a session is live at once (livekit/agents #6078)."""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.session_view import SessionView
from harness.model.units import ms
from harness.model.verdict import Exposure, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView, StreamView

Live = tuple[MessageView, StreamView]


@check(
    "OWN-1",
    "at most the declared number of upstream streams of a session live at once",
    scope=Scope.SESSION,
    vantages="CU",
    standard=Minimum(total=100, by_category={"rapid pair": 30}),
    smoke=Minimum(total=20, by_category={"rapid pair": 4}),
    limits={"overlap_ms": 50.0},
)
def one_upstream_stream(session: SessionView, limits: Limits) -> Iterator[Outcome]:
    """Measure for how long a stream was live beside one too many, or beside a later message's.

    Two too many at once have no overlap allowed at all.
    """
    streams = [(m, s) for m in session.messages for s in m.streams]
    streams.sort(key=lambda pair: pair[1].opened_ns)
    live: list[Live] = []
    for fresh in streams:
        live = [pair for pair in live if _is_live_at(pair[1], fresh[1].opened_ns)]
        if len(live) + 1 >= fresh[0].behaviour.streams_live_max + 2:
            yield from _judge_crowd(session, fresh, live)
        else:
            for other in live:
                if _is_too_many(fresh, other, len(live) + 1):
                    yield from _judge_pair(fresh, other, limits["overlap_ms"])
        live.append(fresh)
    for message in session.messages:
        if message.streams:
            yield Exposure(category=_category(message))


def _is_live_at(stream: StreamView, at_ns: int) -> bool:
    until_ns = stream.live_until_ns
    return until_ns is None or until_ns > at_ns


def _is_too_many(fresh: Live, other: Live, count: int) -> bool:
    """Tell whether the two may not be live together, where ``count`` streams are."""
    behaviour = fresh[0].behaviour
    is_another_message = fresh[0].message != other[0].message
    return count > behaviour.streams_live_max or (
        is_another_message and not behaviour.prefetch_next
    )


def _judge_crowd(session: SessionView, fresh: Live, beside: list[Live]) -> Iterator[Outcome]:
    """Judge a stream that makes two too many: how long until enough of them were let go."""
    message, stream = fresh
    most = message.behaviour.streams_live_max
    everybody = [*beside, fresh]
    ends = sorted(other.live_until_ns or owner.seen_until_ns for owner, other in everybody)
    until_ns = ends[len(everybody) - most - 2]
    if _is_held_back(message, beside[0][1], until_ns):
        yield Unjudged(why="link_fault")
    elif until_ns > stream.opened_ns:
        yield late(
            f"{len(everybody)} upstream streams of {session.session} were live at once for"
            f" {ms(until_ns - stream.opened_ns):.0f} ms when {message.message} had opened its own."
            f" Allowed: {most}.",
            from_ns=stream.opened_ns,
            acted_ns=until_ns,
            limit_ms=0.0,
            category=_category(beside[-1][0]),
        )


def _judge_pair(fresh: Live, other: Live, overlap_ms: float) -> Iterator[Outcome]:
    message, stream = fresh
    other_message, other_stream = other
    ends = [s.live_until_ns for s in (other_stream, stream) if s.live_until_ns is not None]
    until_ns = min(ends, default=max(message.seen_until_ns, other_message.seen_until_ns))
    conditions = message.origin.conditions
    if _is_held_back(message, other_stream, until_ns):
        yield Unjudged(why="link_fault")
        return
    limit_ms = overlap_ms + conditions.delay_ms("upstream", stream.opened_ns, until_ns)
    if ms(until_ns - stream.opened_ns) > limit_ms:
        whose = "another" if other_message is message else f"one of {other_message.message}"
        yield late(
            f"the upstream stream of {message.id} was live beside {whose} for"
            f" {ms(until_ns - stream.opened_ns):.0f} ms. Limit: {limit_ms:.0f} ms.",
            from_ns=stream.opened_ns,
            acted_ns=until_ns,
            limit_ms=limit_ms,
            category=_category(other_message),
        )


def _is_held_back(message: MessageView, other: StreamView, until_ns: int) -> bool:
    return message.origin.conditions.is_stalled("upstream", other.opened_ns, until_ns)


def _category(message: MessageView) -> str:
    return "rapid pair" if message.is_overtaken else "message"
