"""MSG-2. Every accepted message that the upstream voiced is heard; the second is never silent.

Precedent: the turn after an interruption stays silent (pipecat #3191).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check
from harness.model.first_audio import turn_ns
from harness.model.units import ms
from harness.model.verdict import Deadline, Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView

TIME_TO_BE_HEARD_MS = 1000.0


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
    deadline = _deadline(message, first_ns)
    if deadline is not None and deadline.measured_ms <= deadline.limit_ms:
        return
    if message.is_cut or not message.is_decodable:
        yield Unjudged(why="cut" if message.is_cut else "not_decodable")
        return
    is_audible = message.first_heard_ns is not None
    place = "after the first" if message.message_number > 1 else "first"
    if not is_audible and (why := _why_excused(message, first_ns)):
        yield Unjudged(why=why)
        return
    if not is_audible:
        samples = sum(stream.sent_samples for stream in sent)
        yield Finding(
            sentence=f"{message.id} was silent at the client, though the upstream sent {samples}"
            f" audible samples for it. Expected at least 1.",
            at_ns=message.end_ns or message.watched_until_ns,
            category=place,
            deadline=deadline,
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


def _why_excused(message: MessageView, first_ns: int) -> str:
    """Return why the audio may be missing though the SUT is right, "" if nothing is known.

    A link may have lost or held the audio, or held the request; or the upstream was so late that
    the SUT had given it up.
    """
    until_ns = message.end_ns or message.watched_until_ns
    conditions = message.origin.conditions
    is_lost = any(conditions.may_lose(link, first_ns, until_ns) for link in ("upstream", "client"))
    if is_lost or conditions.is_stalled("upstream", message.speak.at_ns, until_ns):
        return "link_fault"
    asked_ns = turn_ns(message) or message.speak.at_ns
    is_given_up = bool(message.ends) and ms(first_ns - asked_ns) >= message.patience_ms
    return "environment" if is_given_up else ""


def _deadline(message: MessageView, first_ns: int) -> Deadline | None:
    """Return in what time one that was interrupted had to be heard; None if it had all the time.

    The time counts from the first audio that was sent; the stalls of links are added to the limit.
    """
    interrupted_ns = min(_interruptions(message), default=None)
    if interrupted_ns is None:
        return None
    held_ms = message.origin.conditions.stalled_ms(first_ns, interrupted_ns)
    return Deadline(
        from_ns=first_ns,
        until_ns=interrupted_ns,
        measured_ms=ms(interrupted_ns - first_ns),
        limit_ms=TIME_TO_BE_HEARD_MS + held_ms,
    )
