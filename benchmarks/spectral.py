"""How well and fast the spectral mark is read: `python benchmarks/spectral.py [BLOCKS]`, 5 minutes.

Each channel gets BLOCKS blocks of 40 ms, cut at any sample, and the reader knows 200 streams. A
block is right if stream, index and place (to 1 ms) are; wrong is any other block that is read. The
bound is the rate below which it lies with 95 % confidence. Speeds are multiples of real time of
this process (`time.process_time`), the best of some rounds as other load can only add.
"""

import math
import sys
from collections.abc import Callable, Iterator
from time import process_time

import numpy as np

from fake_groq import spectral, watermark
from fake_groq.spectral_reading import read
from suites.selftest.fake_groq import channels
from suites.selftest.fake_groq.channels import NONCE, Channel, Count, Part

BLOCKS = 36_000  # with none wrong of so many, the bound is below the aim
STREAM_BLOCKS = 250  # 10 s
KEYS = tuple(watermark.stream_key(number, 1, 0, 0) for number in range(1, 201))
SECONDS = 60
ROUNDS = 5
DETECTED_PERCENT_MIN = 99.0
WRONG_RATE_MAX = 1e-4
AIMLESS = (channels.NOISIER, channels.NOISIEST)


def main(blocks: int = BLOCKS) -> None:
    """Measure and print all figures."""
    print(f"{blocks} blocks a channel, {len(KEYS)} known streams")
    print(f"{'':44}{'detected':>10}{'wrong':>7}{'bound':>10}")
    for channel in (*channels.CHANNELS, *AIMLESS):
        report(channel.name, tally(channel, whole_streams(blocks)), has_aim=channel not in AIMLESS)
    for channel in channels.CHANNELS:
        if channel.name in ("as it is", "8 kHz mu-law", "8 kHz mu-law, noise at 20 dB"):
            report(f"{channel.name}, in pieces", tally(channel, pieces(blocks)), has_aim=True)
    print(f"\n{'blocks read where none was marked':44}{'hours':>10}{'read':>7}{'bound':>10}")
    for name, make in UNMARKED.items():
        report_unmarked(name, make, blocks)
    print(f"\n{'speed':44}{'x real time':>12}")
    report_speeds()


def report(what: str, counted: Count, *, has_aim: bool) -> None:
    """Print one line: the share of blocks that were detected, and the rate of wrong ones."""
    percent = 100 * counted.found / counted.whole
    bound = rate_bound(counted.wrong, counted.whole)
    aim = f"  aim {aim_of(percent, counted.wrong / counted.whole, bound)}" if has_aim else ""
    print(f"{what:44}{percent:8.2f} %{counted.wrong:7}{bound:10.1e}{aim}")


def aim_of(percent: float, wrong_rate: float, bound: float) -> str:
    """Return whether the aim is met; open if too few blocks were tried to say so."""
    if percent < DETECTED_PERCENT_MIN or wrong_rate > WRONG_RATE_MAX:
        return "missed"
    return "met" if bound <= WRONG_RATE_MAX else "open"


def report_unmarked(what: str, make: Callable[[int], channels.Samples], blocks: int) -> None:
    """Print one line: how many blocks were read in audio that has none of these streams."""
    false, size = 0, STREAM_BLOCKS * spectral.BLOCK_SAMPLES
    streams = math.ceil(blocks / STREAM_BLOCKS)
    for number in range(streams):
        runs = read(make(number)[:size], rate=watermark.SAMPLE_RATE, keys=KEYS, nonce=NONCE)
        false += sum(run.blocks for run in runs)
    hours = streams * size / watermark.SAMPLE_RATE / 3600
    bound = rate_bound(false, streams * STREAM_BLOCKS)
    print(f"{what:44}{hours:10.2f}{false:7}{bound:10.1e}")


def tally(channel: Channel, montages: Iterator[tuple[Part, ...]]) -> Count:
    """Send montages through a channel and count the blocks that are read behind it."""
    counts = []
    for number, parts in enumerate(montages):
        chance = np.random.default_rng(number)
        cut = int(chance.integers(spectral.BLOCK_SAMPLES))
        changed = channel.change(channels.montage(parts)[cut:], chance)
        runs = read(changed, rate=channel.rate, keys=KEYS, nonce=NONCE)
        counts.append(channels.count(parts, runs, rate=channel.rate, cut=cut))
    return Count(
        whole=sum(one.whole for one in counts),
        found=sum(one.found for one in counts),
        wrong=sum(one.wrong for one in counts),
    )


def whole_streams(blocks: int) -> Iterator[tuple[Part, ...]]:
    """Yield streams of 10 s from different places of different streams."""
    samples = STREAM_BLOCKS * spectral.BLOCK_SAMPLES
    for number in range(math.ceil(blocks / STREAM_BLOCKS)):
        key = KEYS[number % len(KEYS)]
        yield (Part(key=key, first=number * 7919, samples=samples),)


def pieces(blocks: int) -> Iterator[tuple[Part, ...]]:
    """Yield some 10 s of pieces of 0.2 to 2 s, of any streams and any of their samples."""
    chance = np.random.default_rng(2)
    for _ in range(math.ceil(blocks / STREAM_BLOCKS)):
        yield tuple(
            Part(
                key=KEYS[chance.integers(len(KEYS))],
                first=int(chance.integers(1_000_000)),
                samples=int(chance.integers(4800, 48_000)),
            )
            for _ in range(9)
        )


def rate_bound(hits: int, trials: int) -> float:
    """Return the rate below which the true one lies with 95 % confidence (one-sided Wilson)."""
    if not hits:
        return 3 / trials  # the rule of three
    z, rate = 1.645, hits / trials
    spread = z * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    return (rate + z * z / (2 * trials) + spread) / (1 + z * z / trials)


def report_speeds() -> None:
    """Print the speed of encoding, and of reading with few and many known streams."""
    samples = SECONDS * watermark.SAMPLE_RATE
    print(f"{'encode, nothing cached':44}{speed(lambda: encode_anew(samples)):12.0f}")
    pcm = np.frombuffer(spectral.encode(KEYS[0], NONCE, 0, samples, samples), "<i2")
    noise = channels.white_noise(samples, np.random.default_rng(1))
    for rate in (8000, 24_000, 48_000):
        marked = channels.resample(pcm, watermark.SAMPLE_RATE, rate)
        kilohertz = rate // 1000
        print(f"{f'read, {kilohertz} kHz':44}{read_speed(marked, rate, KEYS):12.0f}")
    many = tuple(range(1000))
    print(f"{'read, 24 kHz, 1,000 streams':44}{read_speed(pcm, 24_000, (*many, KEYS[0])):12.0f}")
    print(f"{'read, 24 kHz, white noise':44}{read_speed(noise, 24_000, KEYS):12.0f}")
    foreign = read_speed(pcm, 24_000, KEYS[1:])
    print(f"{'read, 24 kHz, a stream that is not known':44}{foreign:12.0f}")


def read_speed(samples: channels.Samples, rate: int, keys: tuple[int, ...]) -> float:
    """Return how many times faster than real time some audio is read."""
    return speed(lambda: read(samples, rate=rate, keys=keys, nonce=NONCE))


def speed(work: Callable[[], object]) -> float:
    """Return how many times faster than real time some work on 60 s of audio is."""
    rounds = []
    for _ in range(ROUNDS):
        begun = process_time()
        work()
        rounds.append(process_time() - begun)
    return SECONDS / min(rounds)


def encode_anew(samples: int) -> None:
    """Encode a stream of which no piece is cached."""
    spectral.piece.cache_clear()
    spectral.encode(KEYS[0], NONCE, 0, samples, samples)


def exact_mark(number: int) -> channels.Samples:
    """Return audio with the exact watermark of a stream that is known."""
    total = STREAM_BLOCKS * spectral.BLOCK_SAMPLES
    return np.frombuffer(watermark.encode(KEYS[number % 200], NONCE, 0, total, total), "<i2")


def other_run(number: int) -> channels.Samples:
    """Return audio of a stream that is known, but of another run."""
    total = STREAM_BLOCKS * spectral.BLOCK_SAMPLES
    return np.frombuffer(spectral.encode(KEYS[number % 200], NONCE + 1, 0, total, total), "<i2")


_SIZE = STREAM_BLOCKS * spectral.BLOCK_SAMPLES
UNMARKED: dict[str, Callable[[int], channels.Samples]] = {
    "silence": lambda _: np.zeros(_SIZE, dtype=np.int16),
    "white noise": lambda number: channels.white_noise(_SIZE, np.random.default_rng(number)),
    "pink noise with a voice": lambda number: channels.babble(_SIZE, np.random.default_rng(number)),
    "the exact watermark": exact_mark,
    "the spectral mark of another run": other_run,
}

if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
