"""OWN-3. The upstream stream is released when its message is over (pipecat #3835, #4409)."""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.causes import cleaned_ns
from harness.model.units import ms, ns
from harness.model.verdict import Exposure, Minimum, Outcome, Scope, Unjudged
from harness.model.views import Conditions, MessageView, StreamView

CLOSE_HANDSHAKE_CROSSINGS = 3  # close frame, its answer, FIN
CAUSES = ("ended", "stopped", "failed", "client left")


@check(
    "OWN-3",
    "upstream stream released, and a per-message socket closed, when its message is over",
    scope=Scope.MESSAGE,
    vantages="CU",
    standard=Minimum(total=100, by_category=dict.fromkeys(CAUSES, 10)),
    smoke=Minimum(total=20, by_category={"ended": 5, "stopped": 3}),
    limits={"release_ms": 1000.0},
)
def upstream_released(message: MessageView, limits: Limits) -> Iterator[Outcome]:
    """Measure from the end of the message to the release of each of its streams and sockets."""
    cause_ns = _over_ns(message)
    if cause_ns is None:
        return
    for stream in message.streams:
        yield from _judge_stream(message, stream, cause_ns, limits["release_ms"])


def _over_ns(message: MessageView) -> int | None:
    """Return when the first of all causes came: end signal, command, cleanup, a lost client."""
    commands = [c for c in (message.stop, message.superseded) if c is not None]
    moments = [command.effective_ns for command in commands]
    others = (message.end_ns, message.noticed_left_ns, message.lost_ns, cleaned_ns(message))
    moments += [moment for moment in others if moment is not None]
    return min(moments, default=None)


def _judge_stream(
    message: MessageView, stream: StreamView, cause_ns: int, release_ms: float
) -> Iterator[Outcome]:
    conditions = message.origin.conditions
    from_ns = max(cause_ns, stream.opened_ns)
    until_ns = from_ns + ns(release_ms)
    if conditions.windows and _is_stalled(conditions, from_ns, until_ns):
        yield Unjudged(why="link_fault")
        return
    acted_ns, what = _let_go(message, stream)
    crossings = CLOSE_HANDSHAKE_CROSSINGS if what == "socket" else 1
    limit_ms = release_ms + conditions.delay_ms("client", from_ns, until_ns)
    limit_ms += crossings * conditions.delay_ms("upstream", from_ns, until_ns)
    if acted_ns is None and ms(message.seen_until_ns - from_ns) <= limit_ms:
        yield Unjudged(why="cut")
        return
    measured_ms = ms((acted_ns or message.seen_until_ns) - from_ns)
    category = message.ending
    if measured_ms > limit_ms:
        verb = "was let go" if acted_ns else "was still held"
        yield late(
            f"the upstream {what} of {message.id} ({category}) {verb} {measured_ms:.0f} ms"
            f" after the message was over. Limit: {limit_ms:.0f} ms.",
            from_ns=from_ns,
            acted_ns=acted_ns or message.seen_until_ns,
            limit_ms=limit_ms,
            category=category,
        )
    yield Exposure(category=category)


def _is_stalled(conditions: Conditions, from_ns: int, until_ns: int) -> bool:
    return any(conditions.is_stalled(link, from_ns, until_ns) for link in ("upstream", "client"))


def _let_go(message: MessageView, stream: StreamView) -> tuple[int | None, str]:
    """Return when the last of stream and per-message socket was let go, and which that was."""
    let_go_ns = stream.live_until_ns
    if let_go_ns is None:
        return None, "stream"
    if message.behaviour.upstream_socket != "per_message":
        return let_go_ns, "stream"
    return stream.socket_closed_ns, "socket"
