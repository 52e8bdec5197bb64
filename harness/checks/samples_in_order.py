"""AUD-1. Each sample is passed on once and in order (livekit's replay after a failure).

A tail that is missing is EOS-3's matter alone: what was delivered is then an exact prefix.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from harness.checks.base import Limits, check, has_identity
from harness.model.events import Run
from harness.model.units import audio_ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import AudioReceived, MessageView, StreamView


@dataclass(slots=True)
class _Progress:
    """The walk over a message's frames: what is expected next, and the breaches met.

    ``reached`` is the next sample of each stream. ``zeros`` came since the last marked sample;
    ``fresh_zeros`` lie somewhere in the frame at hand, whose order of runs and zeros is unknown.
    """

    message: MessageView
    reached: dict[int, int] = field(default_factory=dict)
    current: int | None = None
    zeros: int = 0
    fresh_zeros: int = 0
    odd: AudioReceived | None = None
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
    if not message.is_decodable:
        yield Unjudged(why="not_decodable")
        return
    progress = _Progress(message)
    _begin(progress, message.audio[0])
    place = _pass_over(progress, 0)
    while place < len(message.audio):
        _walk(progress, message.audio[place])
        place = _pass_over(progress, place + 1)
    if progress.odd is not None and not _is_prefix(message):
        progress.breaches.append((progress.odd, "the last sample came by half"))
    progress.breaches += _skipped(progress)
    category = message.ending
    for audio, what in progress.breaches[:1]:
        more = len(progress.breaches) - 1
        also = f" ({more} more breaches in this message)" if more else ""
        yield Finding(
            sentence=f"{message.id}: {what}{also}. Allowed: 0 samples.",
            at_ns=audio.at_ns,
            category=category,
        )
    yield Exposure(category=category)


def _is_prefix(message: MessageView) -> bool:
    """Tell whether it was cut, so that it may end in the middle of a sample."""
    return message.was_interrupted or message.client_left or message.upstream_failed


def _begin(progress: _Progress, audio: AudioReceived) -> None:
    """Expect the first sample of the stream that the first frame begins with, as nearly all do."""
    key, first, _ = audio.runs[0] if audio.runs else (-1, 0, 0)
    if first == 0 and key >> 16 == progress.message.mark:
        progress.current, progress.reached[key] = key, 0


def _pass_over(progress: _Progress, place: int) -> int:
    """Take the frames that are nothing but the next samples of the stream, as nearly all are.

    Returns the place of the first that has to be looked at.
    """
    current, frames = progress.current, progress.message.audio
    if current is None or progress.zeros or progress.odd is not None:
        return place
    reached = progress.reached[current]
    for audio in islice(frames, place, None):
        if len(audio.runs) != 1 or audio.zeros or audio.foreign or audio.odd:
            break
        ((key, first, count),) = audio.runs
        if key != current or first != reached or count < 0:
            break
        reached += count
        place += 1
    progress.reached[current] = reached
    return place


def _walk(progress: _Progress, audio: AudioReceived) -> None:
    message = progress.message
    own = message.mark
    is_labelled = audio.label == message.message
    is_mixed = audio.foreign and message.behaviour.extra_audio == "allowed"  # its zeros are its own
    progress.fresh_zeros = audio.zeros if is_labelled and not is_mixed else 0
    if is_labelled:
        _look_for_strangers(progress, audio)
    for run in audio.runs:
        if run[0] >> 16 == own:
            _step(progress, audio, run)
    progress.zeros += progress.fresh_zeros


def _look_for_strangers(progress: _Progress, audio: AudioReceived) -> None:
    """A byte too many is a breach when something follows it: a cut at the very end shifts none."""
    if audio.foreign and progress.message.behaviour.extra_audio != "allowed":
        text = f"{audio.foreign} samples ({audio_ms(audio.foreign):.1f} ms) of no stream"
        progress.breaches.append((audio, text))
    shifted = audio if audio.odd and audio.runs else progress.odd
    if shifted is not None and audio.runs:
        text = f"a frame of {shifted.bytes} bytes splits or shifts samples by a byte"
        progress.breaches.append((shifted, text))
        progress.odd = None
    elif audio.odd:
        progress.odd = audio


def _step(progress: _Progress, audio: AudioReceived, run: Run) -> None:
    key, first, count = run
    surely_before = progress.zeros
    text = ""
    if key not in progress.reached:
        text = _turn_to(progress, key)
        surely_before = progress.zeros
    elif progress.current != key:
        text = "samples of two upstream streams are interleaved"
    if text:
        progress.breaches.append((audio, text))
    gap = first - progress.reached[key]
    text = _gap_breach(progress, run, gap, surely_before)
    if text:
        progress.breaches.append((audio, text))
    progress.fresh_zeros -= min(progress.fresh_zeros, max(0, gap - surely_before))
    progress.zeros = 0
    progress.reached[key] = max(progress.reached[key], first + count)
    progress.current = key


def _gap_breach(progress: _Progress, run: Run, gap: int, surely_before: int) -> str:
    """Return what is wrong with the place where a run begins, "" if it fits."""
    _, first, count = run
    zeros = surely_before + progress.fresh_zeros
    if gap < 0:
        return f"{min(-gap, count)} samples from {first} came twice or out of order"
    if gap > zeros + _stripped(progress, run, gap):
        lost = gap - zeros
        return f"{lost} samples ({audio_ms(lost):.0f} ms) from {first - lost} were lost"
    if gap < surely_before and progress.message.behaviour.silence != "insert":
        return f"{surely_before - gap} zero samples were put in before sample {first}"
    return ""


def _turn_to(progress: _Progress, key: int) -> str:
    """Begin a stream that is new: a first one, a next segment, another attempt.

    Returns what is wrong with it, "" if it is in turn.
    """
    behaviour = progress.message.behaviour
    before = progress.current
    earlier = [other for other in progress.reached if other >> 8 == key >> 8]
    resumes = bool(earlier) and behaviour.on_upstream_failure == "resume"
    progress.reached[key] = progress.reached[earlier[-1]] if resumes else 0
    if before is None:
        return ""
    tail = _tail(progress, before)
    zeros, progress.zeros = progress.zeros, 0 if tail is None else max(0, progress.zeros - tail)
    if key & 0xFFFF < before & 0xFFFF:
        return "a segment came after a later one"
    if earlier and behaviour.on_upstream_failure in ("error", "retry_before_audio"):
        return "what had been heard was spoken once more, on another attempt"
    if not earlier and tail is not None and tail > zeros + progress.fresh_zeros:
        lost = tail - zeros
        return f"{lost} samples ({audio_ms(lost):.0f} ms) were lost before the next segment"
    return ""


def _skipped(progress: _Progress) -> Iterator[tuple[AudioReceived, str]]:
    """Yield what is wrong with segments that nobody heard, though a later one was heard."""
    reached = progress.reached
    unheard = [s for s in progress.message.final_streams if s.key not in reached and s.sentences]
    heard = {key >> 8 & 0xFF for key in reached} if unheard else set()
    for stream in unheard:
        first = min(stream.sentences)
        if first >= max(heard, default=0):
            continue
        lost = _unheard_again(progress, stream) if first in heard else stream.sent_samples
        if lost and stream.fault is None and stream.failed_ns is None:
            text = f"sentence {first} ({lost} samples, {audio_ms(lost):.0f} ms) was never heard"
            yield progress.message.audio[0], f"{text}, though a later one was"


def _unheard_again(progress: _Progress, stream: StreamView) -> int:
    """Return how many samples a repeat had to add to the attempt that had failed."""
    message = progress.message
    policy = message.behaviour.on_upstream_failure
    before = [s.key for s in message.streams if s.sentences == stream.sentences and s.failed_ns]
    heard = [progress.reached[key] for key in before if key in progress.reached]
    if not heard or policy not in ("restart", "resume"):
        return 0
    return max(0, stream.sent_until - (heard[-1] if policy == "resume" else 0))


def _tail(progress: _Progress, key: int) -> int | None:
    """Return how many samples of a stream had not come yet; None if that is not known."""
    for stream in progress.message.streams:
        if stream.key == key and stream.fault is None and stream.failed_ns is None:
            return max(0, stream.total_samples - progress.reached[key])
    return None


def _stripped(progress: _Progress, run: Run, gap: int) -> int:
    """Return how many samples before a run may be missing: pauses, where they may be taken out."""
    key, first, _ = run
    message = progress.message
    if message.behaviour.silence != "strip":
        return 0
    if not message.has_upstream:
        return gap
    pauses = [pause for stream in message.streams if stream.key == key for pause in stream.pauses]
    return sum(
        max(0, min(begin + count, first) - max(begin, first - gap)) for begin, count in pauses
    )
