"""LAT-3. Audio keeps the pace of speech: a simulated player never runs dry (livekit/agents #5359).

The player starts when the declared jitter buffer has passed since the first audio. It is simulated
from arrivals; nobody has listened.
"""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.first_audio import is_held
from harness.model.units import BYTES_PER_SAMPLE, NS_PER_MS, audio_ms, ms, ns
from harness.model.verdict import Exposure, Level, Minimum, Outcome, Scope, Unjudged
from harness.model.views import AudioReceived, MessageView, StreamView

PACE_MAX = 1.5  # times real time: faster speech cannot run dry
FRAME_MS = 80.0


@check(
    "LAT-3",
    "real time held: no underrun behind the jitter buffer",
    scope=Scope.MESSAGE,
    vantages="C",
    standard=Minimum(total=60),
    smoke=Minimum(total=8),
    level=Level.SHOULD,
    tolerance=0.02,
)
def real_time_held(message: MessageView, _limits: Limits) -> Iterator[Outcome]:
    """Play the frames as they came, where the upstream by itself kept the pace of speech."""
    buffer_ms = float(message.behaviour.jitter_buffer_ms)
    if message.has_upstream and not _has_kept_pace(message, buffer_ms):
        return
    frames = _frames(message)
    if len(frames) <= 1:
        return
    if not message.has_upstream:
        yield Unjudged(why="not_exercised")  # a pause of the upstream would look the same
        return
    stream = message.streams[0]
    first_ns, last_ns = frames[0].at_ns, frames[-1].at_ns
    conditions = message.origin.conditions
    if is_held(conditions, first_ns, last_ns):
        yield Unjudged(why="link_fault")
        return
    limit_ms = buffer_ms + ms(stream.late_ns) + conditions.path_delay_ms(first_ns, last_ns)
    if message.behaviour.silence == "strip":
        limit_ms += audio_ms(sum(count for _, count in stream.pauses))
    due_ns, came_ns = _latest(frames)
    late_ms = ms(came_ns - due_ns)
    if late_ms > limit_ms:
        yield late(
            f"a player of {message.id} ran dry: audio came {late_ms:.0f} ms behind the pace of"
            f" speech, {ms(came_ns - first_ns):.0f} ms after the first (simulated). Limit:"
            f" {limit_ms:.0f} ms of buffer.",
            from_ns=due_ns,
            acted_ns=came_ns,
            limit_ms=limit_ms,
        )
    yield Exposure()


def _has_kept_pace(message: MessageView, buffer_ms: float) -> bool:
    """Tell whether one upstream stream spoke it all, neither too fast nor too late to judge."""
    if message.upstream_failed or len(message.streams) != 1:
        return False
    stream = message.streams[0]
    return _is_at_pace(stream) and ms(stream.late_ns) <= buffer_ms


def _frames(message: MessageView) -> list[AudioReceived]:
    """Return the frames of the message that came before anybody interrupted it."""
    until_ns = min(message.interruptions_ns, default=None)
    return [
        audio
        for audio in message.audio
        if audio.label == message.message and audio.bytes
        if until_ns is None or audio.at_ns < until_ns
    ]


def _is_at_pace(stream: StreamView) -> bool:
    if stream.first_byte_ns is None or stream.last_sent_ns is None:
        return False
    took_ms = (stream.last_sent_ns - stream.first_byte_ns) / NS_PER_MS + FRAME_MS
    return audio_ms(stream.sent_bytes // BYTES_PER_SAMPLE) <= PACE_MAX * took_ms


def _latest(frames: list[AudioReceived]) -> tuple[int, int]:
    """Return of the frame that came latest when all before it had been played, and when it came."""
    played_ms, worst = 0.0, (frames[0].at_ns, frames[0].at_ns)
    for audio in frames:
        due_ns = frames[0].at_ns + ns(played_ms)
        if audio.at_ns - due_ns > worst[1] - worst[0]:
            worst = (due_ns, audio.at_ns)
        played_ms += audio_ms(audio.bytes // BYTES_PER_SAMPLE)
    return worst
