"""What happens to audio between a speech provider and an ear, and how well its mark is then read.

A channel takes samples of 24 kHz and gives samples of its own rate. A *montage* is made of parts of
marked streams; it knows where each block of them stands, so what was read can be counted.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from fake_groq import spectral
from fake_groq.spectral_reading import MarkRun, block_samples
from fake_groq.watermark import SAMPLE_RATE

NONCE = 77
SINC_ZEROS = 24  # of the resampler on each side
RIGHT_MS = 1.0  # a block that is read elsewhere is read wrongly
KNOWN_PART = 0.25  # with less of a block than this left, its name is a wrong one

Samples = NDArray[np.int16]
Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way that audio takes; `change` gets samples of 24 kHz, and a source of noise."""

    name: str
    rate: int
    change: Callable[[Samples, np.random.Generator], Samples]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Samples of a stream from `first` on."""

    key: int
    first: int
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many whole blocks there were and were found, and how many were read where none was."""

    whole: int
    found: int
    wrong: int


def montage(parts: Sequence[Part]) -> Samples:
    """Return parts of marked streams one behind the other, at 24 kHz."""
    pcm = (
        spectral.encode(part.key, NONCE, part.first, part.samples, part.first + part.samples)
        for part in parts
    )
    return np.frombuffer(b"".join(pcm), "<i2")


def count(parts: Sequence[Part], runs: Sequence[MarkRun], *, rate: int, cut: int = 0) -> Count:
    """Compare what was read with what was there, less `cut` samples of 24 kHz at its beginning."""
    read = [(key, block, at * SAMPLE_RATE / rate + cut) for key, block, at in blocks_of(runs, rate)]
    right_samples = RIGHT_MS * SAMPLE_RATE / 1000
    known: dict[tuple[int, int], list[tuple[int, bool]]] = {}
    for key, block, at, part in _standing(parts, cut):
        if part >= KNOWN_PART:
            known.setdefault((key, block), []).append((at, part == 1))
    found = {
        (key, block, at)
        for key, block, read_at in read
        for at, _ in known.get((key, block), ())
        if abs(at - read_at) <= right_samples
    }
    whole = {(*name, at) for name, places in known.items() for at, is_whole in places if is_whole}
    return Count(whole=len(whole), found=len(found & whole), wrong=len(read) - len(found))


def blocks_of(runs: Sequence[MarkRun], rate: int) -> Iterator[tuple[int, int, int]]:
    """Yield key, index and place of each block of some runs."""
    for run in runs:
        for number in range(run.blocks):
            yield run.key, run.first_block + number, run.at_sample + number * block_samples(rate)


def _standing(parts: Sequence[Part], cut: int) -> Iterator[tuple[int, int, int, float]]:
    """Yield key, index, place at 24 kHz and the remaining part of each block of a montage."""
    begin, size = 0, spectral.BLOCK_SAMPLES
    for part in parts:
        end = begin + part.samples
        for block in range(part.first // size, -(-(part.first + part.samples) // size)):
            at = begin + block * size - part.first
            left = min(at + size, end) - max(at, begin, cut)
            yield part.key, block, at, max(left, 0) / size
        begin = end


def resample(samples: Samples | Floats, rate: int, to_rate: int) -> Samples:
    """Return samples at another rate, by a windowed sinc for each phase."""
    divisor = math.gcd(rate, to_rate)
    up, down = to_rate // divisor, rate // divisor
    cutoff = 0.94 * min(1.0, up / down)
    half = math.ceil(SINC_ZEROS / cutoff)
    windows = sliding_window_view(np.pad(samples.astype(np.float64), half), 2 * half + 1)
    changed = np.empty(len(samples) * up // down)
    for phase in range(up):
        first, part = divmod(phase * down, up)
        away = np.arange(-half, half + 1) - part / up
        kernel = cutoff * np.sinc(cutoff * away) * np.cos(np.pi / 2 * away / (half + 1)) ** 2
        wanted = changed[phase::up]
        wanted[:] = (windows[first::down] @ kernel)[: len(wanted)]
    return _clipped(changed)


def companded(samples: Samples) -> Samples:
    """Return samples as mu-law leaves them (ITU-T G.711, to the nearest level)."""
    codes = np.arange(128)
    levels = (((codes & 15) << 3) + 132 << (codes >> 4)) - 132
    loud = np.abs(samples.astype(np.int64))
    nearest = levels[np.searchsorted((levels[1:] + levels[:-1]) / 2, loud)]
    signed: Samples = (np.sign(samples) * nearest).astype(np.int16)
    return signed


def noisy(samples: Samples, snr_db: float, chance: np.random.Generator) -> Samples:
    """Return samples with white noise so many dB below their mean power."""
    power = np.mean(samples.astype(np.float64) ** 2)
    noise = chance.normal(scale=math.sqrt(power / 10 ** (snr_db / 10)), size=samples.size)
    return _clipped(samples + noise)


def scaled(samples: Samples, gain: float) -> Samples:
    """Return samples that are louder or less loud, clipped."""
    return _clipped(samples * gain)


def white_noise(samples: int, chance: np.random.Generator) -> Samples:
    """Return white noise as loud as speech."""
    return _clipped(chance.normal(scale=3000, size=samples))


def babble(samples: int, chance: np.random.Generator) -> Samples:
    """Return pink noise with a voice's harmonics in it, that swell and ebb four times a second."""
    spectrum = np.fft.rfft(chance.normal(size=samples))
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(spectrum.size), 1)), samples)
    time_s = np.arange(samples) / SAMPLE_RATE
    pitch = 130 + 40 * np.sin(2 * np.pi * 0.7 * time_s + chance.uniform(0, 6))
    turned = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    voice = sum(np.sin(turned * harmonic) / harmonic for harmonic in range(1, 25))
    loudness: Floats = 3000 * np.sin(np.pi * 4 * time_s) ** 2
    return _clipped(loudness * (voice + pink / pink.std()))


def _clipped(samples: Floats) -> Samples:
    return np.rint(samples).clip(-32768, 32767).astype(np.int16)


def _to(rate: int) -> Channel:
    return Channel(
        name=f"{rate / 1000:g} kHz",
        rate=rate,
        change=lambda samples, _: resample(samples, SAMPLE_RATE, rate),
    )


def _telephone(samples: Samples) -> Samples:
    return companded(resample(samples, SAMPLE_RATE, 8000))


CHANNELS = (
    Channel(name="as it is", rate=SAMPLE_RATE, change=lambda samples, _: samples),
    *map(_to, (48_000, 44_100, 22_050, 16_000, 8000)),
    Channel(name="8 kHz mu-law", rate=8000, change=lambda samples, _: _telephone(samples)),
    Channel(
        name="noise at 20 dB", rate=SAMPLE_RATE, change=lambda samples, c: noisy(samples, 20, c)
    ),
    Channel(
        name="8 kHz mu-law, noise at 20 dB",
        rate=8000,
        change=lambda samples, c: noisy(_telephone(samples), 20, c),
    ),
    Channel(name="gain 0.3", rate=SAMPLE_RATE, change=lambda samples, _: scaled(samples, 0.3)),
    Channel(name="gain 1.5", rate=SAMPLE_RATE, change=lambda samples, _: scaled(samples, 1.5)),
    Channel(
        name="to 8 kHz and back",
        rate=SAMPLE_RATE,
        change=lambda samples, _: resample(resample(samples, SAMPLE_RATE, 8000), 8000, SAMPLE_RATE),
    ),
)
"""What a mark has to survive."""

NOISIER = Channel(
    name="noise at 10 dB", rate=SAMPLE_RATE, change=lambda samples, c: noisy(samples, 10, c)
)
NOISIEST = Channel(
    name="8 kHz mu-law, noise at 10 dB",
    rate=8000,
    change=lambda samples, c: noisy(_telephone(samples), 10, c),
)
