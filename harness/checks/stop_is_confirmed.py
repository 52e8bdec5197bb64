"""STOP-3. A STOP that met an open message is confirmed by that message's one end signal.

Precedent: a stop signal that comes seconds late (pipecat #4638).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.session_view import SessionView
from harness.model.units import NS_PER_S, ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import Command, MessageView

ANSWER_WINDOW_NS = NS_PER_S
NARROW = 2  # times the limit: so long what a narrow link has taken may hold back what follows


@check(
    "STOP-3",
    "STOP confirmed by the end signal of the message that it met; an idle STOP by nothing",
    scope=Scope.SESSION,
    vantages="C",
    standard=Minimum(total=60, by_category={"requested": 10, "streaming": 10, "draining": 10}),
    smoke=Minimum(total=8, by_category={"requested": 1, "streaming": 3}),
    limits={"confirm_ms": 250.0},
)
def stop_is_confirmed(session: SessionView, limits: Limits) -> Iterator[Outcome]:
    """Measure from the effective fence to the end signal; look for answers to idle STOPs."""
    for message in session.messages:
        is_lost = message.lost_ns is not None and message.end_ns is None
        if message.stop is not None and not is_lost and not message.is_waiting:
            yield from _judge_stop(message, message.stop, limits["confirm_ms"])
    for stop in session.idle_stops:
        yield from _judge_idle(session, stop)


def _judge_stop(message: MessageView, stop: Command, limit_ms: float) -> Iterator[Outcome]:
    phase = stop.phase.value
    end_ns = message.end_ns
    acted_ns = end_ns if end_ns is not None else message.watched_until_ns
    measured_ms = ms(acted_ns - stop.effective_ns)
    conditions = message.origin.conditions
    limit_ms += conditions.stalled_ms(stop.effective_ns, acted_ns)
    is_narrow = conditions.has_fault("network_bandwidth", "client", stop.at_ns, acted_ns)
    if is_narrow and limit_ms < measured_ms <= NARROW * limit_ms:
        yield Unjudged(why="in_flight")
        return
    if end_ns is None and measured_ms <= limit_ms:
        if not message.client_left:
            yield Unjudged(why="cut")
        return
    if measured_ms > limit_ms:
        verb = "was confirmed" if end_ns is not None else "had not been confirmed"
        yield late(
            f"STOP of {message.id}, sent while {phase}, {verb} {measured_ms:.0f} ms after it had"
            f" reached the SUT. Limit: {limit_ms:.0f} ms.",
            from_ns=stop.effective_ns,
            acted_ns=acted_ns,
            limit_ms=limit_ms,
            category=phase,
        )
    yield Exposure(category=phase)


def _judge_idle(session: SessionView, stop: Command) -> Iterator[Outcome]:
    until_ns = stop.at_ns + ANSWER_WINDOW_NS
    for message in session.messages:
        for signal in message.ends[1:]:
            if stop.at_ns < signal.at_ns <= until_ns:
                yield Finding(
                    sentence=f"an idle STOP of {session.session} was answered after"
                    f" {ms(signal.at_ns - stop.at_ns):.0f} ms by another end signal of"
                    f" {message.message}. Allowed: none.",
                    at_ns=signal.at_ns,
                    category="idle",
                )
    yield Exposure(category="idle")
