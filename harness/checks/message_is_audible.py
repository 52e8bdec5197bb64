"""MSG-2. Every accepted message that the upstream voiced is heard; the second is never silent.

Precedent: the turn after an interruption stays silent (pipecat #3191).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check
from harness.model.units import NS_PER_S, ns
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView

TIME_TO_BE_HEARD_NS = NS_PER_S


@check(
    "MSG-2",
    "every accepted message audible; the second message never silent",
    scope=Scope.MESSAGE,
    vantages="CU",
    standard=Minimum(total=100, by_category={"after the first": 30}),
    smoke=Minimum(total=20, by_category={"after the first": 4}),
)
def message_is_audible(message: MessageView, _limits: Limits) -> Iterator[Outcome]:
    """Look for one sample other than 0, where the upstream sent some and nobody interrupted.

    One that was interrupted, or whose client left before its end, is a case only if the upstream
    had spoken for a second by then.
    """
    sent = [stream for stream in message.streams if stream.first_sent_ns is not None]
    if not sent or message.upstream_failed:
        return
    first_ns = min([stream.first_sent_ns or 0 for stream in sent])
    interruptions = _interruptions(message)
    if interruptions and any(_is_too_early(message, first_ns, at_ns) for at_ns in interruptions):
        return
    if message.is_cut or not message.is_decodable:
        yield Unjudged(why="cut" if message.is_cut else "not_decodable")
        return
    is_audible = message.first_heard_ns is not None
    place = "after the first" if message.message_number > 1 else "first"
    if not is_audible and _may_be_the_link(message, first_ns):
        yield Unjudged(why="link_fault")
        return
    if not is_audible:
        samples = sum(stream.sent_samples for stream in sent)
        yield Finding(
            sentence=f"{message.id} was silent at the client, though the upstream sent {samples}"
            f" audible samples for it. Expected at least 1.",
            at_ns=message.end_ns or message.watched_until_ns,
            category=place,
        )
    yield Exposure(category=place)


def _interruptions(message: MessageView) -> list[int]:
    interruptions = message.interruptions_ns
    if message.voided_ns is not None:
        interruptions.append(message.voided_ns)
    is_ahead = message.behaviour.end_signal == "synthesis" and message.left_ns is not None
    if message.client_left or not message.ends or is_ahead:
        interruptions.append(message.watched_until_ns)
    return interruptions


def _may_be_the_link(message: MessageView, first_ns: int) -> bool:
    """Tell whether a link may have lost or held the audio, or held the request."""
    until_ns = message.end_ns or message.watched_until_ns
    conditions = message.origin.conditions
    is_lost = any(conditions.may_lose(link, first_ns, until_ns) for link in ("upstream", "client"))
    return is_lost or conditions.is_stalled("upstream", message.speak.at_ns, until_ns)


def _is_too_early(message: MessageView, first_ns: int, at_ns: int) -> bool:
    """Tell whether audio sent at ``first_ns`` need not have been heard by ``at_ns``."""
    held_ms = message.origin.conditions.stalled_ms(first_ns, at_ns)
    return at_ns < first_ns + TIME_TO_BE_HEARD_NS + ns(held_ms)
