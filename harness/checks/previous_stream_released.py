"""OWN-2. The previous upstream stream is let go before the next message is heard.

Precedents: an interrupt leaves the old stream speaking (pipecat #3986); contexts of old turns are
never closed (pipecat #3835).
"""

from collections.abc import Iterator
from itertools import islice

from harness.checks.base import Limits, check, late
from harness.model.session_view import SessionView
from harness.model.units import ms, ns
from harness.model.verdict import Exposure, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView, StreamView

NOTED_LATE_MS = 250.0  # the upstream may note its marker after the SUT has passed it on


@check(
    "OWN-2",
    "the previous upstream stream released before the next first audio",
    scope=Scope.SESSION,
    vantages="CU",
    standard=Minimum(total=30),
    smoke=Minimum(total=4),
)
def previous_stream_released(session: SessionView, _limits: Limits) -> Iterator[Outcome]:
    """Compare the release of each stream with the first audio of the next message that is heard.

    A stream that ended or failed by itself until then had nothing to be released, and one that
    was opened later is a matter of OWN-1.
    """
    for place, message in enumerate(session.messages):
        following = _next_heard(session.messages, place + 1)
        if following is None or following.first_heard_ns is None:
            continue
        heard_ns = following.first_heard_ns
        for stream in message.streams:
            is_over = message.end_ns is not None and message.end_ns <= heard_ns
            noted_ns = heard_ns + (ns(NOTED_LATE_MS) if is_over else 0)
            if _is_held(stream, heard_ns, noted_ns=noted_ns):
                yield from _judge_stream(message, stream, following, heard_ns)


def _next_heard(messages: list[MessageView], place: int) -> MessageView | None:
    for message in islice(messages, place, None):
        if message.first_heard_ns is not None:
            return message
    return None


def _is_held(stream: StreamView, heard_ns: int, *, noted_ns: int) -> bool:
    """Tell whether it was the SUT's to let go of the stream until then.

    An end of its own may be noted a little after the SUT has passed it on, until ``noted_ns``.
    """
    if stream.opened_ns >= heard_ns:
        return False
    own_ends = [stream.ended_ns, stream.failed_ns]
    own_ends.append(stream.released_ns if stream.released_by == "own" else None)
    let_go = (stream.released_ns, stream.socket_closed_ns)
    own_ns = min([at_ns for at_ns in own_ends if at_ns is not None], default=None)
    if own_ns is None or own_ns > noted_ns:
        return True
    return not all(at_ns is None or own_ns <= at_ns for at_ns in let_go)


def _judge_stream(
    message: MessageView, stream: StreamView, following: MessageView, heard_ns: int
) -> Iterator[Outcome]:
    until_ns = stream.live_until_ns or following.seen_until_ns
    conditions = message.origin.conditions
    if conditions.is_stalled("upstream", following.speak.at_ns, max(heard_ns, until_ns)):
        yield Unjudged(why="link_fault")
        return
    category = "rapid pair" if message.is_overtaken else message.ending
    limit_ms = conditions.delay_ms("upstream", following.speak.at_ns, heard_ns)
    after_ms = ms(until_ns - heard_ns)
    if after_ms > limit_ms:
        verb = "still held" if stream.live_until_ns is None else "let go only"
        yield late(
            f"the upstream stream of {message.id} ({message.ending}) was {verb}"
            f" {after_ms:.0f} ms after the first audio of {following.message} had reached the"
            f" client. Limit: {limit_ms:.0f} ms.",
            from_ns=heard_ns,
            acted_ns=until_ns,
            limit_ms=limit_ms,
            category=category,
        )
    yield Exposure(category=category)
