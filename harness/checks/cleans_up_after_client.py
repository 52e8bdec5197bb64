"""CLN-3. When the client leaves, in any phase and manner, nothing of its session is left behind.

Precedents: a socket that is not torn down (pipecat #4409); an upstream session that stays open
after its stream was dropped (livekit/agents #4676).
"""

from collections.abc import Iterator
from typing import NamedTuple

from harness.checks.base import Limits, check, late
from harness.model.session_view import SessionView
from harness.model.target import Behaviour
from harness.model.units import ms, ns
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView, Phase, StreamView

CLOSE_HANDSHAKE_CROSSINGS = 3  # close frame, its answer, FIN
KERNEL_BYTES = 16 * 1024 * 1024  # what the sockets and the proxy on the way hold besides
LOOKS_AGAIN_MS = 5000.0  # a client that reads nothing sees only later that it was let go
AT_ONCE = ("close", "fin", "rst")
MANNERS = tuple(f"{phase}, {how}" for phase in ("requested", "streaming") for how in AT_ONCE)


class _Parting(NamedTuple):
    """How the client left, when, in which phase, and in how many ms all has to be let go."""

    how: str
    left_ns: int
    category: str
    limit_ms: float


@check(
    "CLN-3",
    "cleans up when the client leaves, in any phase and way",
    scope=Scope.SESSION,
    vantages="CU",
    standard=Minimum(total=60, by_category=dict.fromkeys(MANNERS, 1)),
    smoke=Minimum(total=10, by_category=dict.fromkeys(MANNERS, 1)),
    limits={"release_ms": 1000.0},
)
def cleans_up_after_client(session: SessionView, limits: Limits) -> Iterator[Outcome]:
    """Measure from the parting to the release of each stream and socket of the session.

    That holds for what is opened later too. A client that vanished or reads nothing must be let
    go in the declared time; for one that reads nothing the SUT may not buffer without end.
    """
    parting = _parting(session, limits["release_ms"])
    if parting is None:
        return
    until_ns = parting.left_ns + ns(parting.limit_ms)
    conditions = session.origin.conditions
    links = ("client", "upstream")
    if any(conditions.is_stalled(link, parting.left_ns, until_ns) for link in links):
        yield Unjudged(why="link_fault")
        return
    outcomes = [*_judge_streams(session, parting), *_judge_client(session, parting)]
    yield from outcomes
    if not any(isinstance(outcome, Unjudged) for outcome in outcomes):
        yield Exposure(category=parting.category)


def _parting(session: SessionView, release_ms: float) -> _Parting | None:
    """Return it; None for a client that stayed, was let go before, or whose absence nobody sees."""
    how, left_ns = session.left_how or "", session.left_ns
    limit_ms = _limit_ms(how, session.origin.behaviour, release_ms)
    is_lost = left_ns is not None and session.lost_ns is not None and session.lost_ns <= left_ns
    if left_ns is None or limit_ms is None or is_lost:
        return None
    return _Parting(how, left_ns, f"{_phase(session).value}, {how}", limit_ms)


def _limit_ms(how: str, behaviour: Behaviour, release_ms: float) -> float | None:
    if how in AT_ONCE:
        return release_ms
    if how == "half_open" or (how == "vanish" and behaviour.vanish_detection == "ping"):
        return float(behaviour.vanish_detection_ms)
    return None


def _phase(session: SessionView) -> Phase:
    """Return the phase of the first message that was open, else whether there had been any."""
    phases = [m.left_phase for m in session.messages if m.left_ns is not None and not m.is_rejected]
    is_open = (p for p in phases if p not in (Phase.ENDED, Phase.IDLE))
    return next(is_open, Phase.ENDED if session.messages else Phase.IDLE)


def _judge_streams(session: SessionView, parting: _Parting) -> Iterator[Outcome]:
    for message in session.messages:
        for stream in message.streams:
            if message.left_ns is not None or stream.opened_ns > parting.left_ns:
                yield from _judge_stream(message, stream, parting)
        if parting.how == "half_open":
            yield from _judge_buffer(message, parting)


def _judge_stream(message: MessageView, stream: StreamView, parting: _Parting) -> Iterator[Outcome]:
    acted_ns, what = _let_go(message, stream)
    limit_ms = _limit_of(message, stream, parting, what)
    measured_ms = ms((acted_ns or message.seen_until_ns) - parting.left_ns)
    is_late_start = stream.opened_ns > parting.left_ns + ns(limit_ms)
    if measured_ms > limit_ms or is_late_start:
        verb = "was let go" if acted_ns else "was still held"
        if is_late_start:
            verb, acted_ns = "was opened", stream.opened_ns
            measured_ms = ms(acted_ns - parting.left_ns)
        yield late(
            f"an upstream {what} of {message.id} {verb} {measured_ms:.0f} ms after its client had"
            f" left ({parting.category}). Limit: {limit_ms:.0f} ms.",
            from_ns=parting.left_ns,
            acted_ns=acted_ns or message.seen_until_ns,
            limit_ms=limit_ms,
            category=parting.category,
        )
    elif acted_ns is None and not message.ends:
        yield Unjudged(why="cut")


def _let_go(message: MessageView, stream: StreamView) -> tuple[int | None, str]:
    """Return when the last of stream and socket was let go; a pool's socket may stay."""
    if stream.live_until_ns is None:
        return None, "stream"
    if message.behaviour.upstream_socket == "pooled":
        return stream.live_until_ns, "stream"
    return stream.socket_closed_ns, "socket"


def _limit_of(message: MessageView, stream: StreamView, parting: _Parting, what: str) -> float:
    """Return the limit, with what the links are proven to hold back.

    A socket whose stream was let go by a close frame in time may wait for the answer to it.
    """
    conditions = message.origin.conditions
    from_ns, until_ns = parting.left_ns, parting.left_ns + ns(parting.limit_ms)
    limit_ms = parting.limit_ms + conditions.delay_ms("client", from_ns, until_ns)
    one_way_ms = conditions.delay_ms("upstream", from_ns, until_ns)
    if what == "stream":
        return limit_ms + one_way_ms
    released_ns = stream.released_ns
    is_in_time = released_ns is not None and ms(released_ns - from_ns) <= limit_ms + one_way_ms
    if is_in_time and (stream.released_how or "").startswith("close"):
        limit_ms += message.behaviour.close_handshake_ms
    return limit_ms + CLOSE_HANDSHAKE_CROSSINGS * one_way_ms


def _judge_buffer(message: MessageView, parting: _Parting) -> Iterator[Outcome]:
    """Compare what the upstream could write with what a client that reads nothing had read.

    Where samples are transcoded on the way, that says nothing once the client has read some.
    """
    if message.left_ns is None or (
        message.received_bytes and message.behaviour.fidelity != "exact"
    ):
        return
    sent = sum(stream.sent_bytes for stream in message.streams)
    held, most = sent - message.received_bytes, message.behaviour.buffer_bytes_max + KERNEL_BYTES
    if held > most:
        yield Finding(
            sentence=f"the upstream could write {held} bytes of {message.id} that its client, which"
            f" reads nothing, had not read. Allowed: {most}.",
            at_ns=max(stream.last_sent_ns or 0 for stream in message.streams),
            category=parting.category,
        )


def _judge_client(session: SessionView, parting: _Parting) -> Iterator[Outcome]:
    """Look at whether a client that vanished or reads nothing was let go in time."""
    if parting.how in AT_ONCE:
        return
    acted_ns = session.lost_ns or session.seen_until_ns
    measured_ms = ms(acted_ns - parting.left_ns)
    if measured_ms > parting.limit_ms + (LOOKS_AGAIN_MS if session.lost_ns else 0.0):
        verb = "was let go" if session.lost_ns else "was still held"
        yield late(
            f"the client of {session.session} {verb} {measured_ms:.0f} ms after it had gone silent"
            f" ({parting.category}). Limit: {parting.limit_ms:.0f} ms.",
            from_ns=parting.left_ns,
            acted_ns=acted_ns,
            limit_ms=parting.limit_ms,
            category=parting.category,
        )
    elif session.lost_ns is None:
        yield Unjudged(why="cut")
