"""LAT-1. The SUT adds little before the first audible sample in a relay.

Precedent: a reply that is buffered whole before the first frame goes out (pipecat #2484).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.first_audio import is_held, turn_ns, voiced_by
from harness.model.units import ms
from harness.model.verdict import Exposure, Level, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView


@check(
    "LAT-1",
    "little delay added before the first audible sample",
    scope=Scope.MESSAGE,
    vantages="CU",
    standard=Minimum(total=100),
    smoke=Minimum(total=15),
    level=Level.SHOULD,
    limits={"added_ms": 50.0},
    tolerance=0.05,
)
def little_delay(message: MessageView, limits: Limits) -> Iterator[Outcome]:
    """Measure from the first audible sample at the upstream to the first at the client."""
    heard_ns = message.first_heard_ns
    stream, begin_ns = voiced_by(message), turn_ns(message)
    if heard_ns is None or stream is None or begin_ns is None:
        return
    from_ns = max(stream.first_sent_ns or 0, begin_ns)
    conditions = message.origin.conditions
    if is_held(conditions, from_ns, heard_ns):
        yield Unjudged(why="link_fault")
        return
    limit_ms = limits["added_ms"] + conditions.path_delay_ms(from_ns, heard_ns)
    measured_ms = ms(heard_ns - from_ns)
    if measured_ms > limit_ms:
        yield late(
            f"the first audible sample of {message.id} reached the client {measured_ms:.0f} ms"
            f" after the upstream had sent it. Limit: {limit_ms:.0f} ms for 95 % of all messages.",
            from_ns=from_ns,
            acted_ns=heard_ns,
            limit_ms=limit_ms,
        )
    yield Exposure()
