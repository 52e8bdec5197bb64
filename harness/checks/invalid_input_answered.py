"""ERR-2. Invalid input is answered by an error, and the session lives or is closed with a code.

A session that lives but answers no message any more is this rule's matter where nothing else was
wrong; what else may happen to later messages is that of their own rules. Precedents: a send after
close (pipecat #1511); Autobahn's table of close codes that are no answers.
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.session_view import InvalidInput, SessionView
from harness.model.units import ms, ns
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView

NO_CODES = ("close 1005", "close 1006")  # reserved: they say that there was no code


@check(
    "ERR-2",
    "invalid input answered; the session lives or closes well",
    scope=Scope.SESSION,
    vantages="C",
    standard=Minimum(total=30, by_category={"forbidden": 15, "broken": 5}),
    smoke=Minimum(total=5),
    limits={"answer_ms": 1000.0},
)
def invalid_input_answered(session: SessionView, limits: Limits) -> Iterator[Outcome]:
    """Measure from the effective fence to the first error or the close.

    What breaks WebSocket itself can only be answered by a close.
    """
    for invalid in session.invalids:
        yield from _judge(session, invalid, limits["answer_ms"])


def _judge(session: SessionView, invalid: InvalidInput, limit_ms: float) -> Iterator[Outcome]:
    category = "broken" if invalid.fatal else "forbidden"
    from_ns = invalid.command.effective_ns
    answered_ns = _answered_ns(session, invalid)
    until_ns = answered_ns or min(session.seen_until_ns, session.left_ns or session.seen_until_ns)
    conditions = session.origin.conditions
    gone_ns = session.lost_ns or session.left_ns
    if gone_ns is not None and conditions.was_reset("client", gone_ns):
        yield Unjudged(why="link_fault")
        return
    limit_ms += conditions.stalled_ms(from_ns, max(from_ns, until_ns), link="client")
    measured_ms = ms(until_ns - from_ns)
    if answered_ns is None and measured_ms <= limit_ms:
        if session.left_ns is None:
            yield Unjudged(why="cut")
        return
    if measured_ms > limit_ms:
        verb = "was answered" if answered_ns is not None else "had not been answered"
        by = "a close" if invalid.fatal else "an error or a close"
        yield late(
            f"what {session.session} may not send ({invalid.kind}) {verb} {measured_ms:.0f} ms"
            f" after it had reached the SUT. Expected: {by}. Limit: {limit_ms:.0f} ms.",
            from_ns=from_ns,
            acted_ns=until_ns,
            limit_ms=limit_ms,
            category=category,
        )
    elif _is_the_last_before_loss(session, invalid, limit_ms):
        yield from _judge_close(session, invalid, category)
    else:
        yield from _judge_life(session, invalid, category)
    yield Exposure(category=category)


def _answered_ns(session: SessionView, invalid: InvalidInput) -> int | None:
    """Return when it was answered; of inputs in a row one answer is that of all before it."""
    at_ns = invalid.command.at_ns
    later = [other for other in session.invalids if other.command.at_ns >= at_ns]
    answers = [] if invalid.fatal else [o.answer.at_ns for o in later if o.answer is not None]
    if session.lost_ns is not None and session.lost_ns >= at_ns:
        answers.append(session.lost_ns)
    return min(answers, default=None)


def _is_the_last_before_loss(session: SessionView, invalid: InvalidInput, limit_ms: float) -> bool:
    """Tell whether the SUT let go of the connection because of this input, as far as one can."""
    lost_ns, at_ns = session.lost_ns, invalid.command.at_ns
    if lost_ns is None or not at_ns <= lost_ns <= invalid.command.effective_ns + ns(limit_ms):
        return False
    return not any(at_ns < other.command.at_ns <= lost_ns for other in session.invalids)


def _judge_close(session: SessionView, invalid: InvalidInput, category: str) -> Iterator[Outcome]:
    how = session.lost_how or ""
    if how.startswith("close ") and how not in NO_CODES:
        return
    yield Finding(
        sentence=f"{session.session} sent what it may not ({invalid.kind}), and the SUT let go of"
        f" the connection without a close code ({how}). Expected: an error, or a defined code.",
        at_ns=session.lost_ns or 0,
        category=category,
    )


def _judge_life(session: SessionView, invalid: InvalidInput, category: str) -> Iterator[Outcome]:
    """Look at the next message where no other was open, and no later input could have hurt it."""
    at_ns = invalid.command.at_ns
    after = next((m for m in session.messages if m.speak.at_ns > at_ns), None)
    if after is None or any(at_ns < o.command.at_ns < after.speak.at_ns for o in session.invalids):
        return
    if any(_is_open_at(m, after.speak.at_ns) for m in session.messages if m is not after):
        return
    waited_ms = ms(after.watched_until_ns - after.speak.at_ns)
    patience_ms = after.behaviour.longest_silence_ms + 1000
    conditions = session.origin.conditions
    patience_ms += round(conditions.stalled_ms(after.speak.at_ns, after.watched_until_ns))
    if not _has_sign_of_life(after) and waited_ms > patience_ms:
        yield Finding(
            sentence=f"after {session.session} had sent what it may not ({invalid.kind}), its next"
            f" message {after.message} was not answered in {waited_ms:.0f} ms. Expected: the"
            " session lives, or is closed with a code.",
            at_ns=after.watched_until_ns,
            category=category,
        )


def _is_open_at(message: MessageView, at_ns: int) -> bool:
    return message.speak.at_ns < at_ns and (message.end_ns is None or message.end_ns > at_ns)


def _has_sign_of_life(message: MessageView) -> bool:
    signs = (message.starts, message.ends, message.errors, message.streams, message.received_bytes)
    return any(signs) or message.lost_ns is not None
