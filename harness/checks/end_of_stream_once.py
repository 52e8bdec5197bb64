"""EOS-1. A message ends with exactly one end signal (pipecat #453, #2704)."""

from collections.abc import Iterator

from harness.checks.base import Limits, check
from harness.model.causes import causes_of, idle_ms
from harness.model.units import ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView, Signal

EXPLICIT_MS = 1000
SILENCE_MARGIN_MS = 1000


def _end_again(message: MessageView, signal: Signal) -> Iterator[Finding]:
    if signal.kind == "end" and len(message.ends) == 2:  # with more it has been found already
        yield _too_many(message)


def _too_many(message: MessageView) -> Finding:
    first, last = message.ends[0], message.ends[-1]
    reasons = ", then ".join(f'"{signal.detail}"' for signal in message.ends[:4])
    return Finding(
        sentence=f"{message.id} got {len(message.ends)} end signals,"
        f" {ms(last.at_ns - first.at_ns):.0f} ms apart: {reasons}. Expected exactly 1.",
        at_ns=message.ends[1].at_ns,
        category=message.ending,
    )


@check(
    "EOS-1",
    "exactly one end signal per accepted message",
    scope=Scope.MESSAGE,
    vantages="C",
    standard=Minimum(total=100),
    smoke=Minimum(total=20),
    late=_end_again,
)
def end_of_stream_once(message: MessageView, _limits: Limits) -> Iterator[Outcome]:
    """Count end signals: one, however it ended; at most one if the client left before it.

    Each of our clients leaves at some time. It left before the end if that was not yet due: when
    it had waited for less than a second (the limit of EOS-4) and ``quiet_ms`` since the cause, or
    for less than the idle time and a second since the last that was seen of the message. One that
    waits in a queue is due when its turn has come, unless a STOP or a cleanup cleared the queue.
    """
    is_cleared = bool(message.stop or message.cleaned or message.crossed_by)
    if message.is_rejected or (message.is_waiting and is_cleared):
        return
    count = len(message.ends)
    if count > 1:
        yield _too_many(message)
    elif count == 0 and message.is_cut:
        yield Unjudged(why="cut")
        return
    elif count == 0 and (_is_hung_up(message) or _is_overdue(message)):
        yield Finding(
            sentence=f"{message.id} got no end signal{_how(message)}. Expected exactly 1.",
            at_ns=message.watched_until_ns,
            category=message.ending,
        )
    yield Exposure(category=message.ending)


def _is_hung_up(message: MessageView) -> bool:
    """Tell whether the SUT let go of a client that was there, and of a message that it knew.

    One that had another client of the same user to serve, or was another one, may never have read
    the request; and nothing may follow the close that answers a broken frame.
    """
    if message.lost_ns is None or message.left_ns is not None or message.is_broken_off:
        return False
    return bool(message.starts or message.streams) or message.voided_ns is None


def _is_overdue(message: MessageView) -> bool:
    """Tell whether the client stayed for so long that the end signal had to come."""
    may_wait = message.is_waiting or message.behaviour.prefetch_next
    turn_ns = message.turn_ns if may_wait else message.speak.at_ns
    if turn_ns is None:
        return False
    quiet_ms = message.behaviour.quiet_ms
    explicit_ns = [cause.at_ns for cause in causes_of(message) if not cause.is_silent]
    if explicit_ns:
        due_ns = max(turn_ns, min(explicit_ns))
        if _waited_ms(message, due_ns) > EXPLICIT_MS + quiet_ms:
            return True
    last_ns = max(turn_ns, _last_sign_ns(message))
    return _waited_ms(message, last_ns) > idle_ms(message) + SILENCE_MARGIN_MS


def _waited_ms(message: MessageView, from_ns: int) -> float:
    """Return for how long the client waited, less what the links are proven to have held back."""
    until_ns = message.watched_until_ns
    conditions = message.origin.conditions
    held_ms = conditions.stalled_ms(from_ns, until_ns) + conditions.path_delay_ms(from_ns, until_ns)
    return ms(until_ns - from_ns) - held_ms


def _last_sign_ns(message: MessageView) -> int:
    signs = [message.speak.at_ns, *(audio.at_ns for audio in message.audio[-1:])]
    signs += [signal.at_ns for signal in message.starts[-1:]]
    signs += [stream.last_sent_ns or stream.opened_ns for stream in message.streams]
    return max(signs)


def _how(message: MessageView) -> str:
    if message.lost_ns is not None:
        after = ms(message.lost_ns - message.speak.at_ns)
        return f": the SUT let go of the connection {after:.0f} ms after the request"
    causes = causes_of(message)
    if not causes:
        return f" in {ms(message.watched_until_ns - message.speak.at_ns):.0f} ms"
    first = min(causes, key=lambda cause: cause.at_ns)
    return f" within {ms(message.watched_until_ns - first.at_ns):.0f} ms of {first.what}"
