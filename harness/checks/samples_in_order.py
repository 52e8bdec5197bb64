"""AUD-1. Each sample is passed on once and in order (livekit's replay after a failure).

A tail that is missing is EOS-3's matter alone: what was delivered is then an exact prefix.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.checks.base import Limits, check, has_identity
from harness.model.units import audio_ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope
from harness.model.views import AudioReceived, MessageView


@dataclass(slots=True)
class _Stream:
    """How far one stream of the message has come."""

    next_sample: int = 0
    zeros: int = 0


@dataclass(slots=True)
class _Progress:
    """The walk over a message's frames: what is expected next, and the breaches met."""

    streams: dict[int, _Stream] = field(default_factory=dict)
    current: int | None = None
    breaches: list[tuple[AudioReceived, str]] = field(default_factory=list)


@check(
    "AUD-1",
    "each sample once and in order",
    scope=Scope.MESSAGE,
    vantages="C",
    standard=Minimum(total=100),
    smoke=Minimum(total=20),
    observable=has_identity,
)
def samples_in_order(message: MessageView, _limits: Limits) -> Iterator[Outcome]:
    """Follow each stream sample by sample through the frames in the order of arrival."""
    if not message.audio:
        return
    progress = _Progress()
    for audio in message.audio:
        _walk(message, audio, progress)
    for audio, what in progress.breaches[:1]:
        more = len(progress.breaches) - 1
        also = f" ({more} more breaches in this message)" if more else ""
        yield Finding(
            sentence=f"{message.id}: {what}{also}. Allowed: 0 samples.",
            at_ns=audio.at_ns,
            category=message.ending,
        )
    yield Exposure(category=message.ending)


def _walk(message: MessageView, audio: AudioReceived, progress: _Progress) -> None:
    own = (message.session_number << 16) | message.message_number
    is_labelled = audio.label == message.message
    stream = progress.streams.get(progress.current) if progress.current is not None else None
    if is_labelled and audio.zeros and stream is not None:
        stream.zeros += audio.zeros
    elif is_labelled and audio.zeros and not _may_insert(message):
        progress.breaches.append((audio, f"{audio.zeros} zero samples before the first sample"))
    for key, first, count in audio.runs:
        if key >> 16 == own:
            _step(message, audio, progress, (key, first, count))
    if is_labelled and message.behaviour.extra_audio != "allowed":
        if audio.foreign:
            text = f"{audio.foreign} samples ({audio_ms(audio.foreign):.1f} ms) of no stream"
            progress.breaches.append((audio, text))
        if audio.odd:
            text = f"a frame of {audio.bytes} bytes splits or shifts samples by a byte"
            progress.breaches.append((audio, text))


def _step(
    message: MessageView, audio: AudioReceived, progress: _Progress, run: tuple[int, int, int]
) -> None:
    key, first, count = run
    stream = progress.streams.get(key)
    if stream is None:
        stream = progress.streams[key] = _Stream(_resume_at(message, progress, key, first))
        text = _order_breach(progress, key)
        if text:
            progress.breaches.append((audio, text))
    elif progress.current is not None and progress.current != key:
        progress.breaches.append((audio, "samples of two upstream streams are interleaved"))
    gap = first - stream.next_sample
    if gap < 0:
        text = f"{min(-gap, count)} samples from {first} came twice or out of order"
        progress.breaches.append((audio, text))
    elif gap > 0 and stream.zeros != gap and not _may_strip(message, gap, stream.zeros):
        text = f"{gap} samples ({audio_ms(gap):.0f} ms) from {stream.next_sample} were lost"
        progress.breaches.append((audio, text))
    elif gap == 0 and stream.zeros and not _may_insert(message):
        text = f"{stream.zeros} zero samples were put in before sample {first}"
        progress.breaches.append((audio, text))
    stream.zeros = 0
    stream.next_sample = max(stream.next_sample, first + count)
    progress.current = key


def _order_breach(progress: _Progress, key: int) -> str:
    if progress.current is not None and (key & 0xFFFF) < (progress.current & 0xFFFF):
        return "a segment came after a later one"
    return ""


def _resume_at(message: MessageView, progress: _Progress, key: int, first: int) -> int:
    """Return where a stream that is new must begin: 0, or where its failed attempt ended."""
    earlier = [k for k in progress.streams if k >> 8 == key >> 8]
    if earlier and message.behaviour.on_upstream_failure == "resume" and first:
        return progress.streams[earlier[-1]].next_sample
    return 0


def _may_strip(message: MessageView, gap: int, zeros: int) -> bool:
    return (
        message.behaviour.silence == "strip"
        and zeros <= gap
        and bool(sum(stream.sent_zeros for stream in message.streams) >= gap - zeros)
    )


def _may_insert(message: MessageView) -> bool:
    return message.behaviour.silence == "insert"
