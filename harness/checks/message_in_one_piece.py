"""MSG-3. Start, audio and end of one message stay together and in order.

One start signal, before the audio; and no other message begins before this one has ended. What
else can be out of place has its own rule: audio outside its message's turn MSG-1, anything after
the own end signal EOS-2, the number of end signals EOS-1. Precedent: stop and start pairs in the
middle of speech (pipecat #453).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from harness.checks.base import Limits, check
from harness.model.session_view import AudioSpan, SessionView
from harness.model.target import Behaviour
from harness.model.units import ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope
from harness.model.views import MessageView, Signal


def _is_observable(behaviour: Behaviour) -> bool:
    return behaviour.end_signal != "synthesis"


@check(
    "MSG-3",
    "start, audio and end of a message together and in order",
    scope=Scope.SESSION,
    vantages="C",
    standard=Minimum(total=100, by_category={"rapid pair": 30}),
    smoke=Minimum(total=20, by_category={"rapid pair": 4}),
    observable=_is_observable,
)
def message_in_one_piece(session: SessionView, _limits: Limits) -> Iterator[Outcome]:
    """Look at the starts of each message, at its first audio, and for who began inside it.

    An end signal that waits for the playing may come after the next start; it is no case.
    """
    own = int(session.session[1:])
    has_starts = any(message.starts for message in session.messages)
    first: dict[int, AudioSpan] = {}
    for span in session.spans:
        if span.session == own:
            first.setdefault(span.message, span)
    starts = _Starts(session)
    for message in session.messages:
        if message.is_rejected:
            continue
        if has_starts:
            yield from _judge_starts(message, first.get(message.message_number))
        if message.behaviour.end_signal == "delivery":
            yield from _judge_neighbours(message, starts)
        yield Exposure(category=_category(message))


def _judge_starts(message: MessageView, span: AudioSpan | None) -> Iterator[Outcome]:
    starts = _starts(message)
    problem = ""
    if len(starts) > 1:
        apart_ms = ms(starts[-1].at_ns - starts[0].at_ns)
        problem = f"got {len(starts)} start signals, {apart_ms:.0f} ms apart. Expected exactly 1."
        at_ns = starts[1].at_ns
    elif span is not None and _came_before_start(message, span):
        at_ns = span.first_ns
        problem = f"was heard {ms(message.starts[0].at_ns - at_ns):.0f} ms before its start signal."
    elif span is not None and not message.starts:
        at_ns = span.first_ns
        problem = "was heard without a start signal. Expected exactly 1, before the audio."
    else:
        return
    yield Finding(sentence=f"{message.id} {problem}", at_ns=at_ns, category=_category(message))


def _starts(message: MessageView) -> list[Signal]:
    """Return the starts that are no matter of EOS-2."""
    return [s for s in message.starts if not message.ends or s.seq < message.ends[0].seq]


def _came_before_start(message: MessageView, span: AudioSpan) -> bool:
    started = int(span.started[1:]) if span.started else 0
    is_due = bool(message.starts) and message.starts[0].at_ns >= span.first_ns
    return is_due and started < span.message


class _Starts:
    """The first start signals of a session, to be found by when they came."""

    def __init__(self, session: SessionView) -> None:
        self._all = [(m.starts[0], m) for m in session.messages if m.starts]
        self._order = sorted(start.seq for start, _ in self._all)

    def between(self, begin: Signal, end: Signal) -> list[tuple[Signal, MessageView]]:
        """Return those that came between two signals, in the order of the messages."""
        first, behind = bisect_right(self._order, begin.seq), bisect_left(self._order, end.seq)
        if first >= behind:
            return []  # as nearly always, so that a long session costs no more than its messages
        return [pair for pair in self._all if begin.seq < pair[0].seq < end.seq]


def _judge_neighbours(message: MessageView, starts: _Starts) -> Iterator[Outcome]:
    """Look for another message whose start came between this one's start and its end."""
    if not message.starts or not message.ends:
        return
    end = message.ends[0]
    for start, other in starts.between(message.starts[0], end):
        yield Finding(
            sentence=f"{message.id} ended {ms(end.at_ns - start.at_ns):.0f} ms after the start"
            f" signal of {other.message}. Expected: the end of the one before the start of the"
            " next.",
            at_ns=start.at_ns,
            category=_category(message),
        )


def _category(message: MessageView) -> str:
    return "rapid pair" if message.is_overtaken else "message"
