"""Reading the spectral mark: which blocks of which streams a piece of audio holds, and where.

Two steps, in turns. *Seek*: the chord is read eight times a block; where all its tones agree with
the check of a known stream, a block is found. *Follow*: from there the reader goes on both ways,
as long as most tones are those that the stream has next, at the time at which they are due. So a
block that noise has damaged is still found between its neighbours, and no order is guessed. A cut,
gap or repeat of more than 1 ms ends a run; what is shorter is not seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from fake_groq import spectral
from fake_groq.spectral import BANDS, BLOCK_MS, FIRST_HARMONIC, TONES_PER_BAND, Words
from fake_groq.watermark import SAMPLE_RATE

RATE_MIN: Final = 8000

# The share of a band's power that its loudest tone has, on average over the bands: white noise
# has 0.34 with a deviation of 0.03, a block that is read off its place by a sixteenth has 0.9.
_CLARITY_MIN: Final = 0.5
# That eleven of fifteen tones are right by chance happens once in six million blocks.
_TONES_MIN: Final = 11
_SHIFTS: Final = np.arange(-160, 161)  # half a block both ways, in steps of 0.125 ms
_SHIFTS_PER_BLOCK: Final = 320
# Once in 16,000 chords all harmonics are even or all odd, and half a block makes no difference.
_NEARNESS: Final = 1 - np.abs(_SHIFTS) / 1600
_TOLERANCE_SHIFTS: Final = 8  # 1 ms
_HOPS_PER_BLOCK: Final = 8
_HOPS_AT_ONCE: Final = 64  # eight blocks, which bounds the memory to 4 MB
_BLOCKS_AT_ONCE: Final = 32

_Samples = NDArray[np.int16]
_Places = NDArray[np.int64]
_Spectra = NDArray[np.complex128]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRun:
    """Blocks of one stream that follow each other without a gap, in audio of some rate.

    Attributes:
        first_block: the first block's index in its stream.
        at_sample: where the first block begins in the audio, to about 0.1 ms. Negative if its
            beginning is cut off, by half a block at most.
        end_sample: where the last block ends, or would end if it is cut.
    """

    key: int
    first_block: int
    blocks: int
    at_sample: int
    end_sample: int


def read(
    pcm: bytes | _Samples, *, rate: int, keys: Sequence[int], nonce: int
) -> tuple[MarkRun, ...]:
    """Return what is found of the streams `keys` in mono s16le audio, in the order of the audio.

    A block that is cut is found if about two thirds of it are left. So where two streams meet in
    the middle of a block, the second run may begin up to half a block before the first one ends.
    Audio without blocks of these streams and this nonce has no runs.

    Raises:
        ValueError: 40 ms are not a whole number of samples at this rate, or it is below 8000; or
            a key or the nonce is out of range.
    """
    size = block_samples(rate)
    samples = np.frombuffer(pcm, "<i2") if isinstance(pcm, bytes) else pcm
    seeds = np.array([spectral.stream_seed(key, nonce) for key in keys], dtype=np.uint64)
    if not samples.size or not seeds.size:
        return ()
    audio = _Audio(samples, size)
    runs: list[MarkRun] = []
    floor = -size
    while (found := _seek(audio, seeds, floor)) is not None:
        number, block, at = found
        seed = int(seeds[number])
        behind, end = _follow(audio, seed, block, at)
        before, begin = _follow(audio, seed, block, at, backwards_to=floor)
        runs.append(
            MarkRun(
                key=keys[number],
                first_block=block - before,
                blocks=before + 1 + behind,
                at_sample=begin,
                end_sample=end + size,
            )
        )
        floor = end + size // 2
    return tuple(runs)


def block_samples(rate: int) -> int:
    """Return how many samples a block has at this rate.

    Raises:
        ValueError: they are not a whole number, or the rate is too low for the tones.
    """
    size, rest = divmod(rate * BLOCK_MS, 1000)
    if rest or rate < RATE_MIN:
        raise ValueError(
            f"A rate of {rate} Hz is below {RATE_MIN}, or 40 ms are not a whole number of samples."
        )
    return size


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """A block that was heard at a hop, by its check, so many samples behind its beginning."""

    number: int  # of its stream among the seeds
    block: int
    at: int
    shift: int
    clarity: float

    def is_same(self, other: "_Heard", *, within: int) -> bool:
        return (self.number, self.block) == (other.number, other.block) and (
            self.at - other.at < within
        )


class _Audio:
    """Samples of one channel, and the tones that are heard for a block's time from any of them."""

    def __init__(self, samples: _Samples, size: int) -> None:
        self.size = size
        # Half of a block may be missing at either end: silence is there in its place.
        self._silent = size // 2
        self.first = -self._silent
        self.last = samples.size + self._silent - size
        self._windows = sliding_window_view(np.pad(samples, self._silent), size)

    def spectra(self, at: _Places) -> _Spectra:
        """Return the tones of the blocks that begin at these samples: block, band, place."""
        spectra = np.fft.rfft(self._windows[at + self._silent], axis=1)
        used = spectra[:, FIRST_HARMONIC : FIRST_HARMONIC + BANDS * TONES_PER_BAND]
        return used.reshape(-1, BANDS, TONES_PER_BAND)

    def hops(self, first: int) -> Iterator[_Places]:
        """Yield the places to look at from `first` on, some at a time.

        Some come twice, so that the hops at which a block can be heard come together at least once.
        """
        hops = np.arange(max(first, self.first), self.last + 1, self.size // _HOPS_PER_BLOCK)
        for at in range(0, hops.size, _HOPS_AT_ONCE - _HOPS_PER_BLOCK):
            yield hops[at : at + _HOPS_AT_ONCE]


def _seek(audio: _Audio, seeds: Words, floor: int) -> tuple[int, int, int] | None:
    """Return number of the seed, index and place of the next block from `floor` on."""
    for hops in audio.hops(floor):
        heard = _heard(audio, seeds, hops)
        while heard:
            first = heard[0]
            if hops.size == _HOPS_AT_ONCE and first.at >= hops[-_HOPS_PER_BLOCK]:
                break  # it comes again with all its hops
            same = [one for one in heard if one.is_same(first, within=audio.size)]
            heard = [one for one in heard if one not in same]
            # Of a block that is heard half off its place the shift is misjudged, so the clearest
            # one counts, and is read again where it should be.
            best = max(same, key=lambda one: one.clarity)
            seed, block = int(seeds[best.number]), np.array([best.block])
            at = int(_begins(audio, seed, block, np.array([best.at - best.shift]))[0])
            if at >= floor:
                return best.number, best.block, at
    return None


def _heard(audio: _Audio, seeds: Words, hops: _Places) -> list[_Heard]:
    """Return the blocks whose check is right, most of them several times."""
    spectra = audio.spectra(hops)
    powers = np.abs(spectra) ** 2
    clarity = (powers.max(axis=2) / (powers.sum(axis=2) + 1e-9)).mean(axis=1)  # silence has none
    clear = np.flatnonzero(clarity >= _CLARITY_MIN)
    places = powers[clear].argmax(axis=2)
    blocks, checks = spectral.read_tones(places)
    rows, numbers = np.nonzero(
        spectral.checks(seeds, blocks[:, np.newaxis]) == checks[:, np.newaxis]
    )
    proven = clear[rows]
    shifts = _shifts(spectra[proven], places[rows], audio.size)
    columns = (numbers, blocks[rows], hops[proven], shifts, clarity[proven])
    return [
        _Heard(number=number, block=block, at=at, shift=shift, clarity=clearly)
        for number, block, at, shift, clearly in zip(*map(np.ndarray.tolist, columns), strict=True)
    ]


def _follow(
    audio: _Audio, seed: int, block: int, at: int, *, backwards_to: int | None = None
) -> tuple[int, int]:
    """Return how many blocks go on from the one at `at`, and where the last of them begins."""
    step = 1 if backwards_to is None else -1
    floor = -audio.size if backwards_to is None else backwards_to
    count = 0
    while True:
        steps = step * np.arange(1, _BLOCKS_AT_ONCE + 1)
        begins = _begins(audio, seed, block + steps, at + steps * audio.size)
        some = int(np.append(begins < floor, values=True).argmax())
        if some:
            count, block, at = count + some, block + step * some, int(begins[some - 1])
        if some < _BLOCKS_AT_ONCE:
            return count, at


def _begins(audio: _Audio, seed: int, blocks: _Places, due: _Places) -> _Places:
    """Return where blocks begin that are due at some places; far below 0 where they do not."""
    tolerance = _TOLERANCE_SHIFTS * audio.size // _SHIFTS_PER_BLOCK
    near = due.clip(audio.first, audio.last)
    places = spectral.tones(seed, blocks.astype(np.uint64))
    spectra = audio.spectra(near)
    right = (np.abs(spectra).argmax(axis=2) == places).sum(axis=1) >= _TONES_MIN
    begins = near - _shifts(spectra, places, audio.size)
    right &= (np.abs(begins - due) <= tolerance) & (near == due) & (blocks >= 0)
    return np.where(right, begins, -SAMPLE_RATE * 1000)


def _shifts(spectra: _Spectra, places: _Places, size: int) -> _Places:
    """Return how many samples behind the beginning of their blocks some tones were heard.

    The phase of a tone grows with that shift, the faster the higher it is: the right shift
    is the one that brings all tones back to the phases with which they begin.
    """
    rows, bands = np.arange(len(places))[:, np.newaxis], np.arange(BANDS)
    heard = spectra[rows, bands, places]
    turned = heard / (np.abs(heard) + 1e-9) * np.exp(-1j * spectral.PHASES)
    agreement = np.abs(np.einsum("nb,nbs->ns", turned, _turns()[bands, places])) * _NEARNESS
    shifts: _Places = np.rint(_SHIFTS[agreement.argmax(axis=1)] * size / _SHIFTS_PER_BLOCK)
    return shifts.astype(np.int64)


@lru_cache(maxsize=1)
def _turns() -> _Spectra:
    """Return what turns a tone back by each shift: band, place, shift."""
    harmonics = FIRST_HARMONIC + np.arange(BANDS * TONES_PER_BAND)
    angles = 2 * np.pi / _SHIFTS_PER_BLOCK * harmonics[:, np.newaxis] * _SHIFTS
    turns: _Spectra = np.exp(-1j * angles).reshape(BANDS, TONES_PER_BAND, -1)
    return turns
