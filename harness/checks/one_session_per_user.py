"""OWN-5. A user who connects again has one session: the old one is closed, or the new refused.

Precedents: a session that nobody uses reconnects for ever (pipecat #4409); one service shared by
two calls (livekit/agents #2166).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.session_view import SessionView
from harness.model.target import Behaviour
from harness.model.units import ms
from harness.model.verdict import Exposure, Minimum, Outcome, Scope, Unjudged


def _has_user_key(behaviour: Behaviour) -> bool:
    return behaviour.user_key


@check(
    "OWN-5",
    "the same user's second connection closes or refuses one of the two",
    scope=Scope.SESSION,
    vantages="C",
    standard=Minimum(total=3),
    smoke=Minimum(total=1),
    limits={"close_ms": 1000.0},
    applies=_has_user_key,
)
def one_session_per_user(session: SessionView, limits: Limits) -> Iterator[Outcome]:
    """Measure from the second client's connection until the SUT let go of one of the two.

    A first client that leaves in time by itself settles it for the SUT.
    """
    if session.rival_ns is None:
        if session.rival_over_ns is not None:  # it was never let in
            yield Exposure(category="refused")
        return
    if session.connected_ns is None:
        yield Unjudged(why="cut")
        return
    from_ns = max(session.rival_ns, session.connected_ns)
    over = [ns for ns in (session.lost_ns, session.rival_over_ns) if ns is not None]
    acted_ns = min(over, default=session.left_ns or session.seen_until_ns)
    conditions = session.origin.conditions
    limit_ms = limits["close_ms"] + conditions.stalled_ms(from_ns, acted_ns, link="client")
    limit_ms += conditions.delay_ms("client", from_ns, acted_ns)
    measured_ms = ms(acted_ns - from_ns)
    if not over and measured_ms <= limit_ms:
        if session.left_ns is None:
            yield Unjudged(why="cut")
        return
    if measured_ms > limit_ms:
        verb = "was there for" if over else "was still there after"
        yield late(
            f"{session.session} {verb} {measured_ms:.0f} ms beside {session.rival}, which the same"
            f" user had opened. Limit: {limit_ms:.0f} ms.",
            from_ns=from_ns,
            acted_ns=acted_ns,
            limit_ms=limit_ms,
            category="let in",
        )
    yield Exposure(category="let in")
