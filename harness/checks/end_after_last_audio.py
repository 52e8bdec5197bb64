"""EOS-3. The end signal does not come before the last audio that the upstream produced.

A tail that is missing is this rule's matter alone; AUD-1 looks at what lies before it. Precedent:
a turn that is cut because a pause in speech was taken for its end (livekit/agents #4650).
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check, has_identity
from harness.model.target import Behaviour
from harness.model.units import audio_ms, ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import MessageView, StreamView


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
    why = "cut" if message.is_cut else _why_given_up(message, message.ends[0].at_ns)
    why = why if message.is_decodable else "not_decodable"
    if why:
        yield Unjudged(why=why)
        return
    conditions = message.origin.conditions
    for stream in message.final_streams:
        produced = _produced(stream)
        missing = _missing(message, stream, produced)
        if not missing:
            continue
        end = message.ends[0]
        if conditions.may_lose("upstream", stream.opened_ns, end.at_ns):
            yield Unjudged(why="link_fault")
            return
        yield Finding(
            sentence=f'{message.id} ended ("{end.detail}") with {missing} samples'
            f" ({audio_ms(missing):.0f} ms) of {produced} not delivered before the end signal."
            " Allowed: 0.",
            at_ns=end.at_ns,
            category="completed",
        )
    yield Exposure(category="completed")


def _why_given_up(message: MessageView, end_ns: int) -> str:
    """Return what kept the upstream silent for so long that giving up was right, "" if nothing.

    A stall that was meant to be short lasts longer on a machine that has too much to do, and the
    upstream itself may be late there.
    """
    patience_ms = message.patience_ms
    asked_ns = message.speak.at_ns  # a stall may have held the request itself
    if message.origin.conditions.stalled_ms(asked_ns, end_ns, link="upstream") >= patience_ms:
        return "link_fault"
    silence_ns = max([_silence_ns(stream, end_ns) for stream in message.streams])
    return "environment" if ms(silence_ns) >= patience_ms else ""


def _silence_ns(stream: StreamView, end_ns: int) -> int:
    if stream.ended_ns is not None and stream.ended_ns <= end_ns:
        return stream.silence_ns
    return max(stream.silence_ns, end_ns - (stream.last_sent_ns or stream.opened_ns))


def _produced(stream: StreamView) -> int:
    """Return the place behind the last sample that is heard: a pause at the very end is none."""
    has_all_been_sent = stream.ended_ns is not None and stream.sent_until
    return stream.sent_until if has_all_been_sent else stream.total_samples


def _missing(message: MessageView, stream: StreamView, produced: int) -> int:
    """Return how many samples of the tail came not, or not before the end; the last come last."""
    stream_key, end_seq = stream.key, message.ends[0].seq
    missing = produced
    for audio in reversed(message.audio):
        if missing <= 0:
            return 0
        if audio.seq < end_seq:
            places = [first + count for key, first, count in audio.runs if key == stream_key]
            missing = min(missing, produced - max(places, default=0))
    return max(missing, 0)
