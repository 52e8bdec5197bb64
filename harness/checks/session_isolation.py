"""ISO-1. A client hears and reads only what belongs to its own session.

Precedent: one service instance shared by two calls (livekit/agents #2166).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check, has_identity
from harness.model.session_view import SessionView
from harness.model.units import audio_ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope

CROWD = 16


@check(
    "ISO-1",
    "only audio and signals of the client's own session",
    scope=Scope.SESSION,
    vantages="C",
    standard=Minimum(total=48, by_category={"16 at once": 48}),
    smoke=Minimum(total=8),
    observable=has_identity,
)
def session_isolation(session: SessionView, _limits: Limits) -> Iterator[Outcome]:
    """Ask of each span of audio and each signal for another session's identity."""
    own = int(session.session[1:])
    for span in session.spans:
        if span.session not in (own, 0):
            yield Finding(
                sentence=f"{span.samples} samples ({audio_ms(span.samples):.0f} ms) of message"
                f" m{span.message} of s{span.session} reached {session.session}. Allowed: 0.",
                at_ns=span.first_ns,
                category="audio",
            )
    known = {message.message for message in session.messages}
    for name, signal in session.stray_signals:
        if signal.kind == "stray" or name not in known:
            yield Finding(
                sentence=f"{session.session} got a signal of a message that is not its own:"
                f" {signal.detail or name or 'no name'}. Allowed: none.",
                at_ns=signal.at_ns,
                category="signal",
            )
    for _ in session.messages:
        yield Exposure(category="16 at once" if session.peers >= CROWD else "fewer at once")
