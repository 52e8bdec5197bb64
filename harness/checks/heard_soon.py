"""LAT-2. The first audible sample comes soon after the request (pipecat #3191: it never came)."""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.first_audio import is_held, turn_ns, voiced_by
from harness.model.units import ms
from harness.model.verdict import Exposure, Level, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView

UPSTREAM_MS = 250  # an upstream that takes longer by itself leaves too little to judge
CLIENT_CROSSINGS = 2  # the request, and the audio
UPSTREAM_CROSSINGS = 4  # the upgrade and its answer, the request and the audio


@check(
    "LAT-2",
    "first audible sample soon after the request",
    scope=Scope.MESSAGE,
    vantages="C",
    standard=Minimum(total=60),
    smoke=Minimum(total=8),
    level=Level.SHOULD,
    limits={"first_ms": 500.0},
    tolerance=0.05,
)
def heard_soon(message: MessageView, limits: Limits) -> Iterator[Outcome]:
    """Measure from the request to the first audible sample, where the upstream was not slow."""
    is_generated = message.behaviour.text == "generated"  # a filler is heard, and is there for that
    heard_ns = message.first_sound_ns if is_generated else message.first_heard_ns
    from_ns = turn_ns(message)
    if heard_ns is None or from_ns is None:
        return
    if _is_slow_by_itself(message):
        yield Unjudged(why="not_exercised")
        return
    conditions = message.origin.conditions
    if is_held(conditions, from_ns, heard_ns):
        yield Unjudged(why="link_fault")
        return
    limit_ms = limits["first_ms"]
    limit_ms += CLIENT_CROSSINGS * conditions.delay_ms("client", from_ns, heard_ns)
    limit_ms += UPSTREAM_CROSSINGS * conditions.delay_ms("upstream", from_ns, heard_ns)
    measured_ms = ms(heard_ns - from_ns)
    if measured_ms > limit_ms:
        yield late(
            f"{message.id} was first heard {measured_ms:.0f} ms after it was asked for. Limit:"
            f" {limit_ms:.0f} ms for 95 % of all messages.",
            from_ns=from_ns,
            acted_ns=heard_ns,
            limit_ms=limit_ms,
        )
    yield Exposure()


def _is_slow_by_itself(message: MessageView) -> bool:
    """Tell whether the upstream failed or took its time; unseen, an error may say as much."""
    if not message.has_upstream:
        return bool(message.errors)
    stream = voiced_by(message)
    if stream is None:
        return message.upstream_failed
    thought_ms = ms((stream.first_sent_ns or 0) - stream.opened_ns)
    return message.upstream_failed or thought_ms > UPSTREAM_MS
