"""CLN-1. Cleanup may be called a second and a third time, also at once: nothing new comes of it.

Precedents: stop and start in pairs (pipecat #453); a send after close (pipecat #1467).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.session_view import CleanupBatch, SessionView
from harness.model.units import NS_PER_MS, ms, ns
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import CleanupCall, MessageView

BAD_REQUEST, SERVER_ERROR = 400, 500
ANSWER_MS = 1000.0
REQUEST_UNDER_WAY_MS = 250.0  # a stream that was asked for before the cleanup may be seen after it
MET = ("requested", "streaming", "ended", "after an error", "at once")


@check(
    "CLN-1",
    "a second and third cleanup changes and sends nothing",
    scope=Scope.SESSION,
    vantages="HCU",
    standard=Minimum(total=25, by_category=dict.fromkeys(MET, 3)),
    smoke=Minimum(total=5, by_category=dict.fromkeys(MET, 1)),
)
def cleanup_is_idempotent(session: SessionView, _limits: Limits) -> Iterator[Outcome]:
    """Look at what comes after the one end signal that the first call may have brought.

    That is until the client's next STOP, or until ``quiet_ms`` after the last answer.
    """
    for batch in session.cleanup_batches:
        until_ns = _until_ns(session, batch)
        if len(batch.calls) < 2 or until_ns <= batch.calls[1].at_ns:
            continue
        if session.origin.conditions.is_stalled("client", batch.first_ns, until_ns):
            yield Unjudged(why="link_fault")
        elif not any(_is_understood(call) for call in batch.calls):
            yield Unjudged(why="lost_vantage")
        else:
            yield from _refused(session, batch)
            for message in _over(session, batch):
                yield from _sent_again(message, session, batch, until_ns)
                yield from _opened_again(message, batch, until_ns)
            yield from _complained(session, batch, until_ns)
            yield Exposure(category=batch.category)


def _until_ns(session: SessionView, batch: CleanupBatch) -> int:
    quiet_ns = batch.done_ns + session.origin.behaviour.quiet_ms * NS_PER_MS
    ends = [at_ns for at_ns in session.stops_ns if at_ns > batch.first_ns]
    ends += [at_ns for at_ns in (session.left_ns, session.lost_ns) if at_ns is not None]
    return min([quiet_ns, *ends])


def _is_understood(call: CleanupCall) -> bool:
    """Tell whether the answer is one of a hook that knows the session; an address may be wrong."""
    return 200 <= call.status < BAD_REQUEST or call.status >= SERVER_ERROR


def _refused(session: SessionView, batch: CleanupBatch) -> Iterator[Outcome]:
    for call in batch.calls:
        which = f"cleanup call {call.call} of {call.times} of {session.session} ({batch.category})"
        if call.status >= BAD_REQUEST:
            yield Finding(
                sentence=f"{which} was answered with the status {call.status}. Expected: success.",
                at_ns=call.answered_ns or call.at_ns,
                category=batch.category,
            )
        elif call.answered_ns is not None and call.status == 0:
            waited_ms = ms(call.answered_ns - call.at_ns)
            yield late(
                f"{which} had no answer after {waited_ms:.0f} ms, while another call had one."
                f" Limit: {ANSWER_MS:.0f} ms.",
                from_ns=call.at_ns,
                acted_ns=call.answered_ns,
                limit_ms=min(ANSWER_MS, waited_ms),
                category=batch.category,
            )


def _over(session: SessionView, batch: CleanupBatch) -> Iterator[MessageView]:
    """Yield what the calls had to leave alone: the message that they met, and those that had ended.

    One that waits behind it may begin because of the first call.
    """
    for message in session.messages:
        end_ns = message.end_ns
        has_ended = end_ns is not None and end_ns < batch.first_ns
        if message is batch.met or has_ended:
            yield message


def _sent_again(
    message: MessageView, session: SessionView, batch: CleanupBatch, until_ns: int
) -> Iterator[Outcome]:
    if message.end_ns is None:
        return  # that it lacks its end signal is a matter of EOS-1
    from_ns = max(message.end_ns, batch.first_ns)
    signals = [*message.ends[1:], *message.starts, *message.errors]
    came = [(signal.at_ns, f"another {signal.kind} signal") for signal in signals]
    if message.behaviour.end_signal != "synthesis":  # there audio may follow the end signal
        own = (message.session_number, message.message_number)
        spans = [span for span in session.spans if (span.session, span.message) == own]
        came += [(span.first_ns, f"{span.samples} more samples") for span in spans]
    for at_ns, what in came:
        is_second_end = what.startswith("another end") and at_ns >= from_ns
        if (from_ns < at_ns or is_second_end) and at_ns <= until_ns:
            yield _finding(f"{what} of {message.id}", at_ns, batch)


def _finding(what: str, at_ns: int, batch: CleanupBatch) -> Finding:
    return Finding(
        sentence=f"{what} came {ms(at_ns - batch.first_ns):.0f} ms after the first of"
        f" {len(batch.calls)} cleanup calls ({batch.category}). Allowed: nothing new.",
        at_ns=at_ns,
        category=batch.category,
    )


def _opened_again(message: MessageView, batch: CleanupBatch, until_ns: int) -> Iterator[Outcome]:
    """Look for streams that repeat an earlier one, or come too late to have been under way."""
    conditions = message.origin.conditions
    behaviour = message.behaviour
    may_repeat = behaviour.streams_live_max > 1 or message.upstream_failed
    delay_ms = conditions.delay_ms("upstream", batch.first_ns, until_ns)
    settled_ns = batch.done_ns + ns(REQUEST_UNDER_WAY_MS + delay_ms)
    if conditions.is_stalled("upstream", batch.first_ns, until_ns):
        return
    known: set[tuple[int, ...]] = set()
    for stream in sorted(message.streams, key=lambda stream: stream.opened_ns):
        is_again = stream.sentences in known and not may_repeat
        known.add(stream.sentences)
        if batch.first_ns < stream.opened_ns <= until_ns and (
            is_again or stream.opened_ns > settled_ns
        ):
            yield _finding(f"another upstream stream of {message.id}", stream.opened_ns, batch)


def _complained(session: SessionView, batch: CleanupBatch, until_ns: int) -> Iterator[Outcome]:
    """Look for errors that name no message, until something is sent that may be answered by one."""
    met = batch.met if batch.has_met_open else None
    if met is not None and met.end_ns is None:
        return
    from_ns = max(batch.calls[1].at_ns, met.end_ns or 0) if met else batch.calls[1].at_ns
    asked = [sent.command.at_ns for sent in session.invalids]
    asked += [message.speak.at_ns for message in session.messages]
    until_ns = min([until_ns, *(at_ns for at_ns in asked if at_ns > batch.first_ns)])
    for error in session.errors:
        is_answer = any(sent.answer is error for sent in session.invalids)
        if from_ns < error.at_ns <= until_ns and not is_answer:
            what = f'an error ("{error.detail}") of {session.session}'
            yield _finding(what, error.at_ns, batch)
