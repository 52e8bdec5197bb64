"""Speed of the watermark: `python benchmarks/watermark.py [STREAMS]`, some seconds.

Encoding as `fake_groq` does it: frames of 80 ms of many streams in turn. Decoding as the driver
does it: one decoder per stream, chunks of 80 ms of many streams in turn. Times are of this process
only (`time.process_time`), of the best of some rounds as other load can only add, after a warm-up
in which the cache of encoded pieces has filled. A round is one piece of each stream.
"""

import sys
from collections.abc import Sequence
from time import process_time

from fake_groq import watermark
from harness.audio.decoder import Decoder

FRAME_SAMPLES = 1920  # 80 ms
FRAME_S = FRAME_SAMPLES / watermark.SAMPLE_RATE
FRAMES_PER_PIECE = watermark.PIECE_SAMPLES // FRAME_SAMPLES
WARM_UP_ROUNDS = 2
MEASURED_ROUNDS = 5
TOTAL_SAMPLES = 2 * (WARM_UP_ROUNDS + MEASURED_ROUNDS) * watermark.PIECE_SAMPLES
NONCE = 77
FOREIGN_FRAMES = 50
REAL_TIME_STREAMS = 1000
ENCODE_PERCENT_MAX = 10.0
DECODE_PERCENT_MAX = 2.0


def main(streams: int = REAL_TIME_STREAMS) -> None:
    """Measure and print all figures."""
    keys = [watermark.stream_key(number, 1, 0, 0) for number in range(1, streams + 1)]
    print(f"{streams} streams of 24 kHz in frames of 80 ms, one process")
    print(f"{'':44}{'us/frame':>9}{'Msamples/s':>12}{'core for 1,000':>16}")
    report("encode", encode_seconds(keys), ENCODE_PERCENT_MAX)
    compared, generated = decode_seconds(keys)
    report("decode, predicted: comparison alone", compared, DECODE_PERCENT_MAX)
    report("decode, predicted: with making the prediction", generated, DECODE_PERCENT_MAX)
    report("decode, cold: new decoder, any byte offset", cold_seconds(keys[0]), None)
    report("decode, cold: audio of another run", foreign_seconds(), None)


def report(what: str, frame_seconds: float, percent_max: float | None) -> None:
    """Print one line: time per frame, samples per second, share of a core for 1,000 streams."""
    percent = 100 * REAL_TIME_STREAMS * frame_seconds / FRAME_S
    aim = ""
    if percent_max is not None:
        aim = f"  aim {percent_max:g} %: {'met' if percent <= percent_max else 'missed'}"
    rate = FRAME_SAMPLES / frame_seconds / 1e6
    print(f"{what:44}{frame_seconds * 1e6:9.2f}{rate:12.0f}{percent:14.1f} %{aim}")


def encode_seconds(keys: Sequence[int]) -> float:
    """Return the seconds of one frame, making the pieces included."""
    rounds = []
    for number in range(WARM_UP_ROUNDS + MEASURED_ROUNDS):
        first = number * watermark.PIECE_SAMPLES
        begun = process_time()
        for at in range(first, first + watermark.PIECE_SAMPLES, FRAME_SAMPLES):
            for key in keys:
                watermark.encode(key, NONCE, at, FRAME_SAMPLES, TOTAL_SAMPLES)
        rounds.append(process_time() - begun)
    return min(rounds[WARM_UP_ROUNDS:]) / FRAMES_PER_PIECE / len(keys)


def decode_seconds(keys: Sequence[int]) -> tuple[float, float]:
    """Return the seconds of one frame: comparison alone, and the mean with making pieces."""
    watermark.piece.cache_clear()
    decoders = [Decoder(NONCE) for _ in keys]
    rounds = []
    for number in range(WARM_UP_ROUNDS + MEASURED_ROUNDS):
        # Made behind the back of the cache, as the decoder's process has not made them before.
        sent = [watermark.piece.__wrapped__(key, NONCE, TOTAL_SAMPLES, number) for key in keys]
        steps = []
        for at in range(0, 2 * watermark.PIECE_SAMPLES, 2 * FRAME_SAMPLES):
            chunks = [piece[at : at + 2 * FRAME_SAMPLES] for piece in sent]
            begun = process_time()
            for decoder, chunk in zip(decoders, chunks, strict=True):
                decoder.feed(chunk)
            steps.append(process_time() - begun)
        rounds.append(steps)
    measured = rounds[WARM_UP_ROUNDS:]
    # The last frame of a piece makes the next piece; the others only compare.
    alone = min(sum(steps[:-1]) for steps in measured) / (FRAMES_PER_PIECE - 1)
    return alone / len(keys), min(map(sum, measured)) / FRAMES_PER_PIECE / len(keys)


def cold_seconds(key: int) -> float:
    """Return the seconds in which a new decoder finds the stream of a chunk."""
    pcm = watermark.encode(key, NONCE, 0, TOTAL_SAMPLES, TOTAL_SAMPLES)
    chunks = [pcm[at : at + 2 * FRAME_SAMPLES] for at in range(0, len(pcm) // 2, 481)]
    begun = process_time()
    for chunk in chunks:
        Decoder(NONCE).feed(chunk)
    return (process_time() - begun) / len(chunks)


def foreign_seconds() -> float:
    """Return the seconds in which a decoder finds that a chunk is of another run."""
    other = watermark.encode(1, NONCE + 1, 0, FOREIGN_FRAMES * FRAME_SAMPLES, TOTAL_SAMPLES)
    decoder = Decoder(NONCE)
    decoder.feed(watermark.encode(1, NONCE, 0, FRAME_SAMPLES, TOTAL_SAMPLES))
    begun = process_time()
    for at in range(0, len(other), 2 * FRAME_SAMPLES):
        decoder.feed(other[at : at + 2 * FRAME_SAMPLES])
    return (process_time() - begun) / FOREIGN_FRAMES


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
