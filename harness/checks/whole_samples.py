"""AUD-2. A message is whole samples, in the format and at the rate that its start signal says.

A sample that is split or shifted inside the audio is AUD-1's matter. A message that was cut (by a
command, a failure, a client that left) may end in the middle of a sample: what the client plays is
a prefix. Precedent: 24 kHz that is labelled as 48 kHz and plays at twice the speed (flowcat PR
#11).
"""

import re
from collections.abc import Iterator

from harness.checks.base import Limits, check, has_identity
from harness.model.units import BYTES_PER_SAMPLE
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope
from harness.model.views import MessageView, Signal

RATE_HZ = "24000"
CHANNELS = "1"
# "pcm", "s16le", "linear16" and the like are right; these are surely something else.
ANOTHER_FORMAT = re.compile(
    r"float|law|opus|mp3|mpeg|aac|flac|ogg|vorbis|[usf](8|24|32|64)([lb]e)?\b|16be\b"
)


@check(
    "AUD-2",
    "whole samples in the declared format and rate",
    scope=Scope.MESSAGE,
    vantages="C",
    standard=Minimum(total=100),
    smoke=Minimum(total=20),
    observable=has_identity,
)
def whole_samples(message: MessageView, _limits: Limits) -> Iterator[Outcome]:
    """Count the bytes of a whole message, and read what its start signal says of them.

    Marked samples that are found as such are 16 bits, little-endian, mono, at 24 kHz.
    """
    if not any(message.own_samples(audio) for audio in message.audio):
        return
    what = _mislabelled(message.starts[0]) if message.starts else ""
    if what:
        yield Finding(
            sentence=f"the start signal of {message.id} says {what}, and the audio that came is"
            f" pcm_s16le at {RATE_HZ} Hz with {CHANNELS} channel.",
            at_ns=message.starts[0].at_ns,
            category=message.ending,
        )
    total_bytes = message.received_bytes
    if total_bytes % BYTES_PER_SAMPLE and _is_whole(message) and _has_half_a_sample(message):
        yield Finding(
            sentence=f"{message.id} ended after {total_bytes} bytes, which is half a sample too"
            " many or too few. Expected: an even number.",
            at_ns=message.ends[0].at_ns,
            category=message.ending,
        )
    yield Exposure(category=message.ending)


def _mislabelled(start: Signal) -> str:
    """Return what of the start signal does not fit, "" if all that it says does."""
    if not start.detail:
        return ""
    sample_format, rate, channels = start.detail.rsplit("/", 2)
    wrong = [sample_format] if ANOTHER_FORMAT.search(sample_format.lower()) else []
    wrong += [f"{rate} Hz"] if rate not in (RATE_HZ, "?") else []
    wrong += [f"{channels} channels"] if channels not in (CHANNELS, "?") else []
    return ", ".join(wrong)


def _is_whole(message: MessageView) -> bool:
    """Tell whether it came to its end by itself."""
    is_cut = message.was_interrupted or message.client_left or message.upstream_failed
    return bool(message.ends) and not is_cut and not message.errors


def _has_half_a_sample(message: MessageView) -> bool:
    """Tell whether a byte was left over, and no frame is shared with another message."""
    own = [audio for audio in message.audio if audio.label == message.message]
    is_alone = all(
        key >> 16 & 0xFFFF == message.message_number for audio in own for key, _, _ in audio.runs
    )
    return is_alone and any(audio.odd for audio in own)
