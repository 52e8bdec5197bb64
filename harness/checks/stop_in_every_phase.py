"""STOP-4. STOP is taken in every phase, and the session stays usable (pipecat #3191, #754).

What proves it is the next message of the session that nobody interrupts: it is accepted, and ends.
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.session_view import SessionView
from harness.model.units import NS_PER_S, ms, ns
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import Command, MessageView

LOST_BY_STOP_NS = NS_PER_S  # behind the effective fence
SPARE_MS = 1000.0


@check(
    "STOP-4",
    "STOP taken in every phase, and usable afterwards",
    scope=Scope.SESSION,
    vantages="C",
    # Without the upstream's ledger nobody can tell draining from streaming: it is counted only.
    standard=Minimum(total=60, by_category={"requested": 10, "streaming": 10, "ended": 5}),
    smoke=Minimum(total=8, by_category={"requested": 1, "streaming": 3, "ended": 1}),
)
def stop_in_every_phase(session: SessionView, _limits: Limits) -> Iterator[Outcome]:
    """Look at the first message after each STOP that nobody interrupts, or at a lost connection."""
    stops = _stops(session)
    for place, stop in enumerate(stops):
        following = stops[place + 1] if place + 1 < len(stops) else None
        witness = _witness(session, stop)
        if witness is None:
            yield from _judge_lost(session, stop, following)
            continue
        is_last = following is None or following.at_ns > witness.speak.at_ns
        outcome = _judge_witness(session, stop, witness)
        if is_last or isinstance(outcome, Exposure):  # of several STOPs the last is to blame
            yield outcome


def _stops(session: SessionView) -> list[Command]:
    met = {id(m.stop): m.stop for m in session.messages if m.stop is not None}
    return sorted((*met.values(), *session.idle_stops), key=lambda stop: stop.at_ns)


def _category(session: SessionView, stop: Command) -> str:
    """Return the phase; for a STOP that met no message, whether another had just been stopped."""
    if stop.message is not None:
        return stop.phase.value
    before = [message for message in session.messages if message.speak.at_ns < stop.at_ns]
    for message in before:
        is_stopped = message.stop is not None and message.stop.at_ns < stop.at_ns
        if is_stopped and (message.end_ns is None or message.end_ns > stop.at_ns):
            return "twice"
    return "ended" if before else "idle"


def _witness(session: SessionView, stop: Command) -> MessageView | None:
    """Return the first message after STOP that shows whether the session is usable."""
    for message in session.messages:
        if message.speak.at_ns > stop.at_ns and _can_tell(session, message):
            return message
    return None


def _can_tell(session: SessionView, message: MessageView) -> bool:
    """Tell whether nobody and nothing else has a right to keep the message from its end."""
    if message.was_interrupted or message.upstream_failed:
        return False
    if message.client_left and not message.is_rejected:
        return False
    if message.errors and not message.has_upstream:
        return False  # its upstream may have failed, and nobody saw it
    if message.behaviour.on_new_message != "reject":
        return True
    asked_ns = message.speak.at_ns
    earlier = [other for other in session.messages if other.speak.at_ns < asked_ns]
    owing = [other for other in earlier if not other.is_rejected]
    return all(other.end_ns is not None and other.end_ns < asked_ns for other in owing)


def _judge_lost(
    session: SessionView, stop: Command, following: Command | None
) -> Iterator[Outcome]:
    """Find a connection that was lost behind STOP before anything else could be asked for."""
    lost_ns = session.lost_ns
    if following is not None or lost_ns is None or lost_ns < stop.at_ns:
        return
    is_asked = any(message.speak.at_ns > stop.at_ns for message in session.messages)
    if session.left_ns is not None or is_asked or lost_ns > stop.effective_ns + LOST_BY_STOP_NS:
        return
    yield _lost(session, stop, lost_ns)


def _lost(session: SessionView, stop: Command, lost_ns: int) -> Outcome:
    """Return the finding, or why the connection may have been lost by something else."""
    if session.rival is not None or session.invalids or session.cleanups:
        return Unjudged(why="cut")
    conditions = session.origin.conditions
    if any(window.touches(stop.at_ns, lost_ns) for window in conditions.windows):
        return Unjudged(why="link_fault")
    return _finding(
        session,
        stop,
        f"the connection was lost {ms(lost_ns - stop.at_ns):.0f} ms later ({session.lost_how})",
        at_ns=lost_ns,
    )


def _judge_witness(session: SessionView, stop: Command, witness: MessageView) -> Outcome:
    if not witness.ends:
        return _judge_unended(session, stop, witness)
    if _is_swallowed(witness):
        reason = witness.ends[0].detail or "no reason"
        return _finding(
            session,
            stop,
            f"{witness.message} was ended ({reason}) without any audio",
            at_ns=witness.ends[0].at_ns,
        )
    return Exposure(category=_category(session, stop))


def _is_swallowed(witness: MessageView) -> bool:
    """Tell whether it was ended unheard, although its upstream was never asked or did speak."""
    is_heard = witness.first_heard_ns is not None or witness.received_bytes
    if is_heard or witness.errors or not witness.has_upstream:
        return False
    if witness.behaviour.text != "verbatim" or witness.origin.conditions.windows:
        return False
    return not witness.streams or any(s.first_sent_ns is not None for s in witness.streams)


def _judge_unended(session: SessionView, stop: Command, witness: MessageView) -> Outcome:
    if witness.lost_ns is not None:
        return _lost(session, stop, witness.lost_ns)
    if witness.is_rejected:
        code = witness.errors[0].detail or "no code"
        return _finding(
            session, stop, f"{witness.message} was refused ({code})", at_ns=witness.errors[0].at_ns
        )
    from_ns, until_ns = witness.speak.at_ns, witness.watched_until_ns
    conditions = witness.origin.conditions
    limit_ms = witness.behaviour.longest_silence_ms + SPARE_MS
    limit_ms += conditions.stalled_ms(from_ns, until_ns)
    limit_ms += 2 * conditions.path_delay_ms(from_ns, until_ns)
    is_begun = witness.starts or witness.received_bytes or witness.streams or witness.errors
    if is_begun or witness.is_waiting or ms(until_ns - from_ns) <= limit_ms:
        return Unjudged(why="cut")  # that it does not end is another rule's matter
    return late(
        f"after a STOP of {session.session} ({_category(session, stop)}) nothing came of"
        f" {witness.message} for {ms(until_ns - from_ns):.0f} ms. Limit: {limit_ms:.0f} ms.",
        from_ns=from_ns,
        acted_ns=max(until_ns, from_ns + ns(limit_ms)),
        limit_ms=limit_ms,
        category=_category(session, stop),
    )


def _finding(session: SessionView, stop: Command, what: str, *, at_ns: int) -> Finding:
    category = _category(session, stop)
    return Finding(
        sentence=f"after a STOP of {session.session} ({category}) {what}. Expected: the session"
        " stays usable.",
        at_ns=at_ns,
        category=category,
    )
