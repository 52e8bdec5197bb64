"""OWN-1. At most one upstream stream of a session is live at once (livekit/agents #6078)."""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.units import ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView, SessionView, StreamView


@check(
    "OWN-1",
    "at most the declared number of upstream streams of a session live at once",
    scope=Scope.SESSION,
    vantages="CU",
    standard=Minimum(total=100, by_category={"superseded": 30}),
    smoke=Minimum(total=20, by_category={"superseded": 4}),
    limits={"overlap_ms": 50.0},
)
def one_upstream_stream(session: SessionView, limits: Limits) -> Iterator[Outcome]:
    """Measure for how long a stream was live beside one too many, or beside a later message's."""
    streams = [(m, s) for m in session.messages for s in m.streams]
    streams.sort(key=lambda pair: pair[1].opened_ns)
    live: list[tuple[MessageView, StreamView]] = []
    for message, stream in streams:
        live = [pair for pair in live if _is_live_at(pair[1], stream.opened_ns)]
        yield from _judge_beside(session, message, stream, live, limits["overlap_ms"])
        live.append((message, stream))
    for message in session.messages:
        if message.streams:
            yield Exposure(category="superseded" if message.superseded else "message")


def _is_live_at(stream: StreamView, at_ns: int) -> bool:
    return stream.live_until_ns is None or stream.live_until_ns > at_ns


def _judge_beside(
    session: SessionView,
    message: MessageView,
    stream: StreamView,
    beside: list[tuple[MessageView, StreamView]],
    overlap_ms: float,
) -> Iterator[Outcome]:
    most = message.behaviour.streams_live_max
    if len(beside) + 1 >= most + 2:
        yield Finding(
            sentence=f"{len(beside) + 1} upstream streams of {session.session} were live at once"
            f" when {message.message} opened its own. Allowed: {most}.",
            at_ns=stream.opened_ns,
            category="at once",
        )
        return
    earlier = [
        (m, other) for m, other in beside if m.message != message.message or len(beside) + 1 > most
    ]
    for other_message, other in earlier:
        yield from _judge_pair(message, stream, other_message, other, overlap_ms)


def _judge_pair(
    message: MessageView,
    stream: StreamView,
    other_message: MessageView,
    other: StreamView,
    overlap_ms: float,
) -> Iterator[Outcome]:
    ends = [ns for ns in (other.live_until_ns, stream.live_until_ns) if ns is not None]
    until_ns = min(ends) if ends else message.seen_until_ns
    conditions = message.origin.conditions
    if conditions.is_stalled("upstream", other.opened_ns, until_ns):
        yield Unjudged(why="link_fault")
        return
    limit_ms = overlap_ms + conditions.delay_ms("upstream", stream.opened_ns, until_ns)
    if ms(until_ns - stream.opened_ns) > limit_ms:
        whose = "another stream" if other_message is message else f"that of {other_message.message}"
        yield late(
            f"the upstream stream of {message.id} was live beside {whose} for"
            f" {ms(until_ns - stream.opened_ns):.0f} ms. Limit: {limit_ms:.0f} ms.",
            from_ns=stream.opened_ns,
            acted_ns=until_ns,
            limit_ms=limit_ms,
            category="superseded",
        )
