"""EOS-5. The end signal tells the true reason, in a word that the target declares.

A word that is not declared is a breach too: whoever reads it cannot know what it means, and any
reason could hide behind it. "completed" is EOS-6's matter alone. Where the platform has no word for
what happened (one for STOP and supersede, say), there is nothing to judge. Precedent: a stop signal
that is not the answer to the stop (pipecat #4638).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check
from harness.model.answers import COMPLETED, has_strange_marker, reason_of, unsaid_streams
from harness.model.causes import SILENT_FAULTS
from harness.model.target import Behaviour
from harness.model.units import NS_PER_MS
from harness.model.verdict import Exposure, Finding, Level, Minimum, Outcome, Scope
from harness.model.views import MessageView, StreamView

NEARLY = 0.8  # of the idle time: whoever gives up then is not early


def _carries_a_reason(behaviour: Behaviour) -> bool:
    return behaviour.reasons is not None


@check(
    "EOS-5",
    "the end signal tells the true reason",
    scope=Scope.MESSAGE,
    vantages="CU",
    level=Level.SHOULD,
    standard=Minimum(total=100, by_category={"stopped": 20, "superseded": 20}),
    smoke=Minimum(total=20, by_category={"stopped": 3}),
    applies=_carries_a_reason,
)
def reason_is_true(message: MessageView, _limits: Limits) -> Iterator[Outcome]:
    """Compare the first end signal's reason with everything that may have ended the message."""
    if not message.ends or message.client_left or message.behaviour.reasons is None:
        return
    word = message.ends[0].detail
    reason = reason_of(message)
    if reason is None:
        yield Finding(
            sentence=f'{message.id} ended by "{word}", which is none of the declared reasons'
            f" ({', '.join(sorted(message.behaviour.reasons))}).",
            at_ns=message.ends[0].at_ns,
            category="unknown word",
        )
        yield Exposure(category="unknown word")
        return
    truths = _truths(message)
    can_be_said = set(message.behaviour.reasons.values())
    if reason == COMPLETED and COMPLETED not in truths:
        return
    if has_strange_marker(message) or can_be_said.isdisjoint(truths):
        return
    if reason not in truths:
        said = f'"{word}"' + (f" ({reason})" if word != reason else "")
        yield Finding(
            sentence=f"{message.id} ended by {said}, and what happened was: {' or '.join(truths)}.",
            at_ns=message.ends[0].at_ns,
            category=truths[0],
        )
    yield Exposure(category=truths[0])


def _truths(message: MessageView) -> tuple[str, ...]:
    """Return each reason that may be the true one, the commands first; () for a riddle."""
    possible = {
        "stopped": bool(message.stop or message.crossed_by),
        "superseded": message.superseded is not None,
        "cleanup": message.cleaned is not None or message.lost_ns is not None,
        COMPLETED: bool(message.streams) and not unsaid_streams(message),
        "upstream_error": _may_have_failed(message),
        "timeout": _may_have_been_silent(message),
    }
    return tuple(reason for reason, is_possible in possible.items() if is_possible)


def _may_have_failed(message: MessageView) -> bool:
    """Tell whether anything upstream, or on the way there, was not as it should be."""
    streams = message.streams
    if not streams or message.upstream_failed or _is_disturbed(message):
        return True
    return not any(stream.sent_samples for stream in streams) and not unsaid_streams(message)


def _may_have_been_silent(message: MessageView) -> bool:
    """Tell whether it was silent for nearly the declared time, or strange in a way of its own."""
    if not message.streams or _is_disturbed(message) or any(map(_is_strange, message.streams)):
        return True
    behaviour = message.behaviour
    budget_ms = min(behaviour.completion_idle_ms, behaviour.silence_budget_ms)
    end_ns = message.ends[0].at_ns
    longest_ns = max(_silence_ns(stream, end_ns) for stream in message.streams)
    return longest_ns >= NEARLY * budget_ms * NS_PER_MS


def _is_strange(stream: StreamView) -> bool:
    """Tell whether a fault bent it that is neither a plain failure nor plain silence."""
    is_plain = stream.failed_ns is not None or stream.fault in SILENT_FAULTS
    return stream.fault is not None and not is_plain


def _silence_ns(stream: StreamView, end_ns: int) -> int:
    has_said_so = stream.ended_ns is not None and stream.fault is None
    until_ns = min(end_ns, stream.ended_ns or end_ns) if has_said_so else end_ns
    return max(stream.silence_ns, until_ns - (stream.last_sent_ns or stream.opened_ns))


def _is_disturbed(message: MessageView) -> bool:
    """Tell whether a fault of ours lay on a link: what the SUT saw of the upstream is unknown."""
    from_ns, until_ns = message.speak.at_ns, message.ends[0].at_ns
    return any(w.touches(from_ns, until_ns) for w in message.origin.conditions.windows)
