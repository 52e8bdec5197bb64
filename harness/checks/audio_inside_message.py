"""MSG-1. Audio of a message arrives only while that message is open.

Precedent: the last turn's sentence after an interruption (pipecat #754, #3077).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check, has_identity
from harness.model.session_view import AudioSpan, SessionView
from harness.model.target import Behaviour
from harness.model.units import audio_ms, ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope


def _is_observable(behaviour: Behaviour) -> bool:
    return has_identity(behaviour) and behaviour.end_signal != "synthesis"


@check(
    "MSG-1",
    "audio only while its message is open, none after the next message's start",
    scope=Scope.SESSION,
    vantages="C",
    standard=Minimum(total=100, by_category={"rapid pair": 30}),
    smoke=Minimum(total=20, by_category={"rapid pair": 4}),
    observable=_is_observable,
)
def audio_inside_message(session: SessionView, _limits: Limits) -> Iterator[Outcome]:
    """Ask of each span of audio whether its message was open, and whether it was its turn."""
    own = int(session.session[1:])
    for span in session.spans:
        if span.session == own and span.message:
            yield from _judge_span(session, span)
    if session.origin.behaviour.extra_audio != "allowed":
        for at_ns, samples in session.strangers:
            yield Finding(
                sentence=f"{samples} samples ({audio_ms(samples):.0f} ms) of no stream reached"
                f" {session.session} while no message was open. Allowed: 0.",
                at_ns=at_ns,
                category="message",
            )
    for message in session.messages:
        for stream in message.streams:
            if stream.is_mixed:
                yield Finding(
                    sentence=f"one upstream request held text of {message.id} and of another"
                    f" message. Allowed: none.",
                    at_ns=stream.opened_ns,
                    category="mixed",
                )
        yield Exposure(category="rapid pair" if message.is_overtaken else "message")


def _judge_span(session: SessionView, span: AudioSpan) -> Iterator[Outcome]:
    name = f"m{span.message}"
    started = int(span.started[1:]) if span.started else 0
    if name in span.open_messages and started <= span.message:
        return  # as nearly all are
    amount = f"{span.samples} samples ({audio_ms(span.samples):.0f} ms) of message {name}"
    if name not in span.open_messages:
        ends = [m.end_ns for m in session.messages if m.message == name and m.end_ns]
        after = f" {ms(span.first_ns - ends[0]):.0f} ms after its end signal" if ends else ""
        yield Finding(
            sentence=f"{amount} reached {session.session}{after}, while the message was not open"
            f" (open: {', '.join(span.open_messages) or 'none'}). Allowed: 0.",
            at_ns=span.first_ns,
            category="message",
        )
    else:
        yield Finding(
            sentence=f"{amount} reached {session.session} after the start signal of"
            f" {span.started}. Allowed: 0.",
            at_ns=span.first_ns,
            category="rapid pair",
        )
