"""EOS-3. The end signal does not come before the last audio that the upstream produced.

A tail that is missing is this rule's matter alone; AUD-1 looks at what lies before it. Precedent:
a turn that is cut because a pause in speech was taken for its end (livekit/agents #4650).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check, has_identity
from harness.model.target import Behaviour
from harness.model.units import audio_ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView, StreamView

STALL_MARGIN_MS = 200  # what else may hold bytes back around a stall: a frame's time, twice


def _is_observable(behaviour: Behaviour) -> bool:
    return has_identity(behaviour) and behaviour.end_signal != "synthesis"


@check(
    "EOS-3",
    "no end signal before the last audio that the upstream produced",
    scope=Scope.MESSAGE,
    vantages="CU",
    standard=Minimum(total=100),
    smoke=Minimum(total=20),
    observable=_is_observable,
)
def end_after_last_audio(message: MessageView, _limits: Limits) -> Iterator[Outcome]:
    """Compare, per stream, the last sample produced with the last one delivered before the end."""
    if not message.ends or message.was_interrupted or message.client_left:
        return
    if message.upstream_failed or not message.streams:
        return
    if message.is_cut:
        yield Unjudged(why="cut")
        return
    if _was_starved(message):
        yield Unjudged(why="link_fault")
        return
    for stream in message.final_streams:
        produced = _produced(stream)
        delivered = _delivered(message, stream)
        if delivered < produced:
            yield Finding(
                sentence=f'{message.id} ended ("{message.ends[0].detail}") with'
                f" {produced - delivered} samples ({audio_ms(produced - delivered):.0f} ms) of"
                f" {produced} not delivered before the end signal. Allowed: 0.",
                at_ns=message.ends[0].at_ns,
                category="completed",
            )
    yield Exposure(category="completed")


def _was_starved(message: MessageView) -> bool:
    """Tell whether the upstream's link was a black hole for so long that giving up was right."""
    conditions = message.origin.conditions
    silence_ms = conditions.stalled_ms(message.speak.at_ns, message.ends[0].at_ns)
    return silence_ms + STALL_MARGIN_MS >= message.behaviour.completion_idle_ms


def _produced(stream: StreamView) -> int:
    """Return the place behind the last sample that is heard: a pause at the very end is none."""
    has_all_been_sent = stream.ended_ns is not None and stream.sent_until
    return stream.sent_until if has_all_been_sent else stream.total_samples


def _delivered(message: MessageView, stream: StreamView) -> int:
    end_seq = message.ends[0].seq
    best = 0
    for audio in message.audio:
        if audio.seq < end_seq:
            for key, first, count in audio.runs:
                if key == stream.key:
                    best = max(best, first + count)
    return best
