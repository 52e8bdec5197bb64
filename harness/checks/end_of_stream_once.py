"""EOS-1. A message ends with exactly one end signal (pipecat #453, #2704)."""

from collections.abc import Iterator

from harness.checks.base import Limits, check
from harness.model.units import ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView


@check(
    "EOS-1",
    "exactly one end signal per accepted message",
    scope=Scope.MESSAGE,
    vantages="C",
    standard=Minimum(total=100),
    smoke=Minimum(total=20),
)
def end_of_stream_once(message: MessageView, _limits: Limits) -> Iterator[Outcome]:
    """Count end signals: one, however it ended; at most one if the client left before it."""
    if message.is_rejected:
        return
    count = len(message.ends)
    if count > 1:
        first, last = message.ends[0], message.ends[-1]
        reasons = ", then ".join(f'"{signal.detail}"' for signal in message.ends[:4])
        yield Finding(
            sentence=f"{message.id} got {count} end signals, {ms(last.at_ns - first.at_ns):.0f} ms"
            f" apart: {reasons}. Expected exactly 1.",
            at_ns=message.ends[1].at_ns,
            category=message.ending,
        )
    elif count == 0 and not message.client_left:
        if message.is_cut:
            yield Unjudged(why="cut")
            return
        yield Finding(
            sentence=f"{message.id} got no end signal{_how(message)}. Expected exactly 1.",
            at_ns=message.lost_ns or message.seen_until_ns,
            category=message.ending,
        )
    yield Exposure(category=message.ending)


def _how(message: MessageView) -> str:
    if message.lost_ns is not None:
        after = ms(message.lost_ns - message.speak.at_ns)
        return f": the SUT let go of the connection {after:.0f} ms after the request"
    return f" in {ms(message.seen_until_ns - message.speak.at_ns):.0f} ms"
