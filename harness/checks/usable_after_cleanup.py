"""CLN-2. A session is usable after cleanup: the next message plays in full.

Precedents: the turn after an interruption stays silent (pipecat #3191); a send after close
(pipecat #1511).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check
from harness.model.session_view import CleanupBatch, SessionView
from harness.model.units import NS_PER_S, ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView

LOST_BY_IT_NS = NS_PER_S
PATIENCE_MS = 1000


@check(
    "CLN-2",
    "usable after cleanup: the next message plays in full",
    scope=Scope.SESSION,
    vantages="CH",
    standard=Minimum(total=20, by_category={"requested": 2, "streaming": 2, "ended": 2}),
    smoke=Minimum(total=2),
)
def usable_after_cleanup(session: SessionView, _limits: Limits) -> Iterator[Outcome]:
    """Look at the first message after each time that the hook was called.

    It is heard, and with the ledger in sight to its last sample, unless something else ended it.
    """
    for batch in session.cleanup_batches:
        after = [m for m in session.messages if m.speak.at_ns > batch.calls[-1].at_ns]
        if not any(200 <= call.status < 300 for call in batch.calls):
            yield Unjudged(why="lost_vantage")
        elif after:
            yield from _judge_message(session, after[0], batch)
        elif _is_lost_by(session, batch):
            yield Finding(
                sentence=f"the SUT let go of {session.session}"
                f" {ms((session.lost_ns or 0) - batch.first_ns):.0f} ms after its cleanup had been"
                " called. Expected: the session goes on.",
                at_ns=session.lost_ns or 0,
                category=batch.category,
            )
            yield Exposure(category=batch.category)


def _is_lost_by(session: SessionView, batch: CleanupBatch) -> bool:
    """Tell whether the connection went with the cleanup, and for no other reason that we know."""
    lost_ns = session.lost_ns
    if lost_ns is None or session.left_ns is not None or session.rival is not None:
        return False
    conditions = session.origin.conditions
    is_ours = conditions.was_reset("client", lost_ns) or conditions.is_stalled(
        "client", batch.first_ns, lost_ns
    )
    is_near = batch.first_ns < lost_ns <= batch.done_ns + LOST_BY_IT_NS
    return is_near and not is_ours and not session.invalids


def _judge_message(
    session: SessionView, message: MessageView, batch: CleanupBatch
) -> Iterator[Outcome]:
    if _is_ended_by_another(session, message):
        return
    if message.is_cut:
        yield Unjudged(why="cut")
        return
    problem = _problem(message)
    if problem == "" and message.end_ns is None:
        return  # its client left too early to tell
    if problem and _may_be_the_link(message):
        yield Unjudged(why="link_fault")
        return
    if problem:
        yield Finding(
            sentence=f"{message.id}, the first after a cleanup ({batch.category}), {problem}."
            " Expected: it plays in full.",
            at_ns=message.end_ns or message.watched_until_ns,
            category=batch.category,
        )
    yield Exposure(category=batch.category)


def _is_ended_by_another(session: SessionView, message: MessageView) -> bool:
    """Tell whether a command, its upstream or a message before it may have kept it from playing.

    Without the ledger an error may be the upstream's, so that it proves nothing.
    """
    asked_ns = message.speak.at_ns
    before = [m for m in session.messages if m.speak.at_ns < asked_ns and not m.is_rejected]
    is_beside = any(m.end_ns is None or m.end_ns > asked_ns for m in before)
    is_unknown = bool(message.errors) and not message.has_upstream and not message.is_rejected
    return message.was_interrupted or message.upstream_failed or is_beside or is_unknown


def _problem(message: MessageView) -> str:
    """Return what is wrong with it; "" where nothing is, or where it had no time."""
    if message.is_rejected:
        return f'was refused ("{message.errors[0].detail}")'
    if message.end_ns is None and message.lost_ns is not None and not message.client_left:
        after_ms = ms(message.lost_ns - message.speak.at_ns)
        return f"lost its connection {after_ms:.0f} ms after the request"
    sent = sum(stream.sent_samples for stream in message.final_streams)
    is_over = message.end_ns is not None or _is_overdue(message)
    if message.heard_samples == 0 and is_over and (sent or not message.streams):
        return "was silent"
    behaviour = message.behaviour
    is_counted = behaviour.fidelity == "exact" and behaviour.end_signal != "synthesis"
    if is_counted and message.end_ns is not None and message.heard_samples < sent:
        return f"was heard for {message.heard_samples} of {sent} samples"
    return ""


def _is_overdue(message: MessageView) -> bool:
    """Tell whether the client waited for longer than the declared time of silence."""
    signs = [stream.last_sent_ns or stream.opened_ns for stream in message.streams]
    from_ns = max([message.speak.at_ns, *signs])
    until_ns = message.watched_until_ns
    return ms(until_ns - from_ns) > message.behaviour.longest_silence_ms + PATIENCE_MS


def _may_be_the_link(message: MessageView) -> bool:
    from_ns, until_ns = message.speak.at_ns, message.end_ns or message.watched_until_ns
    conditions = message.origin.conditions
    return any(
        conditions.may_lose(link, from_ns, until_ns)
        or conditions.is_stalled(link, from_ns, until_ns)
        or (message.lost_ns is not None and conditions.was_reset(link, message.lost_ns))
        for link in ("client", "upstream")
    )
