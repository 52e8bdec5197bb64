"""ERR-3. An upstream answer that is a success with only zero samples is reported.

Precedents: an Orpheus decoder that answers 200 with silence; the turn that stays silent without a
word (pipecat #3191).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check
from harness.model.answers import COMPLETED, reason_of, unsaid_streams
from harness.model.session_view import SessionView
from harness.model.units import audio_ms
from harness.model.verdict import Exposure, Finding, Level, Minimum, Outcome, Scope
from harness.model.views import MessageView


@check(
    "ERR-3",
    "an upstream answer of only zeros reported",
    scope=Scope.SESSION,
    vantages="CU",
    level=Level.SHOULD,
    standard=Minimum(total=3),
    smoke=Minimum(total=1),
)
def silence_is_reported(session: SessionView, _limits: Limits) -> Iterator[Outcome]:
    """Look for an error, or an end signal that does not say completed; one without name will do."""
    for message in session.messages:
        if _is_of_zeros(message):
            yield from _judge(session, message)


def _is_of_zeros(message: MessageView) -> bool:
    if message.was_interrupted or message.client_left or message.end_ns is None:
        return False
    streams = message.final_streams
    if not any(stream.sent_zeros for stream in streams):
        return False
    is_audible = any(stream.sent_samples for stream in message.streams)
    return not is_audible and not unsaid_streams(message)


def _judge(session: SessionView, message: MessageView) -> Iterator[Outcome]:
    end = message.ends[0]
    unnamed = any(message.speak.at_ns <= e.at_ns <= end.at_ns for e in session.errors)
    says_otherwise = reason_of(message) not in (None, COMPLETED)
    if not (message.errors or unnamed or says_otherwise):
        zeros = sum(stream.sent_zeros for stream in message.final_streams)
        yield Finding(
            sentence=f"the upstream's whole answer to {message.id} was {zeros} zeros"
            f" ({audio_ms(zeros):.0f} ms), and nobody was told: no error, and the end signal said"
            f' "{end.detail}".',
            at_ns=end.at_ns,
            category="only zeros",
        )
    yield Exposure(category="only zeros")
