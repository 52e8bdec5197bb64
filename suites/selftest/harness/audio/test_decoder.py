"""The decoder says of each sample what it is, however the bytes come in."""

import random
import struct
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_groq import watermark
from harness.audio.decoder import Decoded, Decoder, Segment

NONCE = 9
TOTALS = {
    watermark.stream_key(1, 1, 0, 0): 19_200,
    watermark.stream_key(1, 2, 0, 0): 24_013,
    watermark.stream_key(1, 2, 1, 3): 30_007,
    0: 24_000,  # without identity
}
KEYS = tuple(TOTALS)
A, B, C, _ = KEYS
WHOLE_SAMPLES = 254  # hold a header at any offset


def stream(key: int, first: int = 0, count: int = 100_000) -> bytes:
    return watermark.encode(key, NONCE, first, count, TOTALS[key])


# ---------------------------------------------------------------------------------- properties


class Part(NamedTuple):
    """What was put on the wire, and how it should be read."""

    segment: Segment
    pcm: bytes


def marked(samples_min: int, samples_max: int = 4000) -> st.SearchStrategy[Part]:
    def part(key: int, first: int, count: int) -> Part:
        first = min(first, TOTALS[key] - samples_min)
        pcm = stream(key, first, count)
        return Part(("run", key, first, len(pcm) // 2), pcm)

    firsts = st.one_of(st.just(0), st.integers(0, 100).map(lambda n: 240 * n), st.integers(0, 9000))
    return st.builds(part, st.sampled_from(KEYS), firsts, st.integers(samples_min, samples_max))


def zeros() -> st.SearchStrategy[Part]:
    return st.integers(1, 500).map(lambda n: Part(("zeros", None, 0, n), bytes(2 * n)))


def foreign() -> st.SearchStrategy[Part]:
    def part(make: Callable[[random.Random], int], count: int, seed: int) -> Part:
        rng = random.Random(seed)
        pcm = b"".join(make(rng).to_bytes(2, "little") for _ in range(count))
        return Part(("foreign", None, 0, count), pcm)

    any_sample = lambda rng: rng.randrange(1, 1 << 16)  # noqa: E731
    like_marked = lambda rng: rng.randrange(-4096, 4096) * 2 + 1 & 0xFFFF  # noqa: E731
    even = lambda rng: rng.randrange(1, 1 << 15) * 2  # noqa: E731
    makes = st.sampled_from([any_sample, like_marked, even])
    return st.builds(part, makes, st.integers(1, 900), st.integers(0, 1 << 32))


def other_run() -> st.SearchStrategy[Part]:
    return st.integers(1, 3000).map(
        lambda n: Part(("foreign", None, 0, n), watermark.encode(A, NONCE + 1, 7, n, 9000))
    )


CUTS = st.lists(st.integers(1, 60_000), max_size=12)
FRAMES = st.sampled_from([960, 961, 333, 3840, 10_001]).map(lambda n: list(range(n, 200_000, n)))

MANY = settings(max_examples=6 * settings().max_examples)


@MANY
@given(
    st.lists(st.one_of(marked(WHOLE_SAMPLES), zeros(), foreign(), other_run()), max_size=10),
    st.one_of(CUTS, FRAMES),
)
def test_loss_duplicates_reordering_and_foreign_audio_are_read_exactly(
    parts: list[Part], cuts: list[int]
) -> None:
    pcm = b"".join(part.pcm for part in parts)
    assert_explains(read(pcm, cuts), pcm, [part.segment for part in parts])


@MANY
@given(
    st.lists(st.one_of(marked(4, 252), zeros(), foreign()), min_size=1, max_size=10),
    st.one_of(st.just([]), FRAMES),
)
def test_fragments_of_streams_heard_before_are_read_exactly(
    parts: list[Part], cuts: list[int]
) -> None:
    heard = [Part(("run", key, 4000, 1000), stream(key, 4000, 1000)) for key in KEYS]
    pcm = b"".join(part.pcm for part in [*heard, *parts])
    assert_explains(read(pcm, cuts), pcm, [part.segment for part in [*heard, *parts]])


@given(st.lists(marked(WHOLE_SAMPLES), min_size=1, max_size=6), st.binary(max_size=1), CUTS)
def test_an_odd_byte_between_runs_is_counted(
    parts: list[Part], byte: bytes, cuts: list[int]
) -> None:
    pcm = byte.join(part.pcm for part in parts)
    odd: Segment = ("odd", None, 0, 1)
    expected = [segment for part in parts for segment in (part.segment, odd)][:-1]
    assert_explains(read(pcm, cuts), pcm, expected if byte else expected[::2])


@given(st.sampled_from(KEYS), st.integers(0, 9000), st.integers(0, 1), CUTS)
def test_any_chunks_of_a_stream_give_one_run(
    key: int, first: int, odd: int, cuts: list[int]
) -> None:
    pcm = stream(key, first)[odd:]
    expected: list[Segment] = [("run", key, first + odd, TOTALS[key] - first - odd)]
    assert read(pcm, cuts) == ([("odd", None, 0, 1)] if odd else []) + expected


@given(st.sampled_from(KEYS), st.integers(0, 30_000), st.integers(0, 1))
def test_a_lone_chunk_of_20_ms_is_decided_at_once(key: int, first: int, odd: int) -> None:
    pcm = stream(key, first)[odd:][:960]
    if len(pcm) < 960:
        return
    decoder = Decoder(NONCE)
    decoded = decoder.feed(pcm)
    assert decoded.runs == ((key, first + odd, 480 - odd),)
    assert (decoded.odd, decoder.pending) == (odd, odd)


@given(st.integers(300, 2000), st.sampled_from(["stream", "zeros", "foreign", "nothing"]))
def test_a_prefix_is_judged_to_the_sample(cut: int, behind: str) -> None:
    next_pcm = {
        "stream": stream(B, 0, 1000),
        "zeros": bytes(1000),
        "foreign": b"\x10\x20" * 500,
        "nothing": b"",
    }[behind]
    first_run = Decoder(NONCE).feed(stream(A, 0, cut) + next_pcm).runs[0]
    assert abs(first_run[2] - cut) <= 1  # one in 8192 foreign samples goes on by chance
    assert first_run[:2] == (A, 0)


@given(st.integers(1, 13), st.booleans(), st.sampled_from([b"", bytes(100), stream(A, 0, 960)]))
def test_less_than_a_header_of_an_expected_stream_is_known(
    count: int, length_known: bool, behind: bytes
) -> None:
    decoder = Decoder(NONCE)
    decoder.feed(stream(A, 0, 480))
    decoder.expect(B, total_samples=TOTALS[B] if length_known else None)
    fed = decoder.feed(stream(B, 0, count) + behind), decoder.flush()
    assert joined(fed)[0] == ("run", B, 0, count)


def test_the_expected_stream_that_fits_is_the_one() -> None:
    decoder = Decoder(NONCE)
    decoder.expect(A)
    decoder.expect(B)
    assert joined([decoder.feed(stream(B, 0, 7)), decoder.flush()]) == [("run", B, 0, 7)]


# -------------------------------------------------------------------------------------- stories


def test_the_end_of_a_stream_is_reported_once() -> None:
    decoder = Decoder(NONCE)
    pcm = stream(B)
    fed = [decoder.feed(pcm[at : at + 3840]) for at in range(0, len(pcm), 3840)]
    assert [decoded.ends for decoded in fed] == [()] * (len(fed) - 1) + [(B,)]


def test_a_stream_that_ends_with_a_piece_is_reported_too() -> None:
    decoder = Decoder(NONCE)
    total = watermark.PIECE_SAMPLES
    pcm = watermark.encode(A, NONCE, 0, total, total)
    assert decoder.feed(pcm[:3840]).ends == ()
    assert decoder.feed(pcm[3840:]).ends == (A,)


def test_interleaved_streams_go_on_where_each_stood() -> None:
    decoder = Decoder(NONCE)
    decoded = [decoder.feed(stream(key, at, 480)) for at in (0, 480, 960) for key in (A, B)]
    assert [run for one in decoded for run in one.runs] == [
        (key, at, 480) for at in (0, 480, 960) for key in (A, B)
    ]


@pytest.mark.parametrize("counted", [True, False])
def test_a_pause_may_count_as_part_of_its_stream_or_not(counted: bool) -> None:
    decoder = Decoder(NONCE)
    first = 1000 + 777 * counted
    fed = [decoder.feed(stream(A, 0, 1000)), decoder.feed(bytes(2 * 777))]
    fed.append(decoder.feed(stream(A, first, 100)))
    assert joined(fed) == [
        *(("run", A, 0, 1000), ("zeros", None, 0, 777)),
        ("run", A, first, 100),
    ]


def test_silence_is_decided_at_once() -> None:
    decoder = Decoder(NONCE)
    assert decoder.feed(bytes(960)) == Decoded(960, (("zeros", None, 0, 480),), ())
    assert decoder.pending == 0


def test_foreign_audio_is_kept_back_only_as_far_as_it_looks_marked() -> None:
    decoder = Decoder(NONCE)
    assert decoder.feed(b"\x02\x02" * 480).foreign == 480
    assert decoder.feed(b"\x01\x02" * 480).foreign == 480 - 252
    assert decoder.pending == 2 * 252
    assert decoder.flush().foreign == 252
    assert decoder.flush() == Decoded(0, (), ())


def test_a_wav_header_is_foreign_and_its_stream_is_not() -> None:
    size, rate = (0xFFFF_FFFF).to_bytes(4, "little"), watermark.SAMPLE_RATE
    form = struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16)
    header = b"RIFF" + size + b"WAVEfmt " + form + b"data" + size
    decoded = Decoder(NONCE).feed(header + stream(A, 0, 1920))
    assert decoded.runs == ((A, 0, 1920),)
    assert decoded.foreign + decoded.zeros == 22


def test_a_changed_sample_is_one_foreign_sample_wherever_it_stands() -> None:
    for place in range(480, 735):
        pcm = bytearray(stream(A, 0, 1920))
        pcm[2 * place] ^= 0x40
        assert Decoder(NONCE).feed(bytes(pcm)).segments == (
            ("run", A, 0, place),
            ("foreign", None, 0, 1),
            ("run", A, place + 1, 1919 - place),
        )


def test_a_lost_byte_shifts_and_is_noticed() -> None:
    pcm = stream(A, 0, 1920)
    decoded = Decoder(NONCE).feed(pcm[:1001] + pcm[1002:])
    assert decoded.segments == (
        ("run", A, 0, 500),
        ("odd", None, 0, 1),
        ("run", A, 501, 1419),
    )


def test_the_next_stream_gets_back_the_sample_that_continued_the_last_by_chance() -> None:
    cut = place_of(stream(B, 0, 1), within=A, behind=300)
    decoded = Decoder(NONCE).feed(stream(A, 0, cut) + stream(B, 0, 480))
    assert decoded.segments == (("run", A, 0, cut), ("run", B, 0, 480))


def test_a_run_that_was_chance_alone_is_given_back_whole() -> None:
    decoder = Decoder(NONCE)
    cut = place_of(stream(B, 0, 1), within=A, behind=300)
    fed = [decoder.feed(stream(A, 0, cut)), decoder.feed(stream(B, 0, 480))]
    assert joined(fed) == [("run", A, 0, cut), ("run", B, 0, 480)]


def test_a_stream_that_lost_its_first_samples_gets_back_none_of_another() -> None:
    decoded = Decoder(NONCE).feed(stream(A, 0, 1000) + stream(B, 2, 480))
    assert decoded.segments == (("run", A, 0, 1000), ("run", B, 2, 480))


def test_two_samples_alone_may_go_on_where_an_earlier_stream_stood() -> None:
    decoder = Decoder(NONCE)
    fed = [decoder.feed(stream(A, 0, 480)), decoder.feed(stream(B, 0, 480))]
    fed.append(decoder.feed(stream(A, 480, 2) + bytes(8)))
    assert joined(fed)[2:] == [("run", A, 480, 2), ("zeros", None, 0, 4)]


def test_foreign_audio_keeps_a_sample_that_begins_a_stream_too_early_by_chance() -> None:
    decoder = Decoder(NONCE)
    fed = [decoder.feed(stream(A, 0, 1000)), decoder.feed(stream(B, 0, 480))]
    fed.append(decoder.feed(b"\x02\x02" * 10 + stream(A, 999, 481)))
    assert joined(fed)[2:] == [("foreign", None, 0, 11), ("run", A, 1000, 480)]


def test_one_sample_after_foreign_audio_is_no_continuation() -> None:
    decoder = Decoder(NONCE)
    decoder.feed(stream(A, 0, 1000) + b"\x02\x02" * 20)
    fed = [decoder.feed(stream(A, 1000, 1)), decoder.feed(b"\x02\x02" * 20)]
    assert joined(fed) == [("foreign", None, 0, 21)]


def test_another_run_of_the_same_texts_is_foreign() -> None:
    decoder = Decoder(NONCE + 1)
    decoded = [decoder.feed(stream(A, 0, 4800)), decoder.flush()]
    assert joined(decoded) == [("foreign", None, 0, 4800)]


def test_memory_stays_bounded() -> None:
    decoder = Decoder(NONCE)
    for message in range(1, 200):
        decoder.expect(watermark.stream_key(2, message, 0, 0))
        decoder.expect(watermark.stream_key(2, message, 0, 1))
        key = watermark.stream_key(1, message, 0, 0)
        decoder.feed(watermark.encode(key, NONCE, 0, 300, 4800))
    assert len(decoder._streams) == 32
    assert len(decoder._expected) == 256


# -------------------------------------------------------------------------------------- reading


def read(pcm: bytes, cuts: Sequence[int]) -> list[Segment]:
    """Feed `pcm` in chunks that end at `cuts`, flush, and join what was decided."""
    decoder = Decoder(NONCE)
    edges = [0, *sorted({cut for cut in cuts if cut < len(pcm)}), len(pcm)]
    fed = [decoder.feed(pcm[start:stop]) for start, stop in pairwise(edges)]
    assert sum(decoded.bytes for decoded in fed) == len(pcm)
    return joined([*fed, decoder.flush()])


def joined(fed: Sequence[Decoded]) -> list[Segment]:
    return merged([segment for decoded in fed for segment in decoded.segments])


def merged(segments: Sequence[Segment]) -> list[Segment]:
    """Join neighbours that are one."""
    whole: list[Segment] = []
    for kind, key, first, count in segments:
        last = whole[-1] if whole else None
        if last and last[:2] == (kind, key) and (kind != "run" or last[2] + last[3] == first):
            whole[-1] = (kind, key, last[2], last[3] + count)
        else:
            whole.append((kind, key, first, count))
    return whole


def assert_explains(got: list[Segment], pcm: bytes, sent: Sequence[Segment]) -> None:
    """Assert that each run holds just these bytes, and that it is what was sent.

    By chance (1 in 8192 a join) two readings explain a sample; then an edge may differ by one.
    """
    at = 0
    for kind, key, first, count in got:
        size = count if kind == "odd" else 2 * count
        if key is not None:
            assert pcm[at : at + size] == stream(key, first, count)
        assert kind != "zeros" or not any(pcm[at : at + size])
        at += size
    assert at == len(pcm)
    expected = merged(sent)
    assert [segment[:2] for segment in got] == [segment[:2] for segment in expected]
    for one, other in zip(got, expected, strict=True):
        assert abs(one[2] - other[2]) <= 1, (got, expected)
        assert abs(one[3] - other[3]) <= 2, (got, expected)


def place_of(sample: bytes, *, within: int, behind: int) -> int:
    """Return where a stream has this sample, after `behind`."""
    pcm = stream(within)
    return next(n for n in range(behind, len(pcm) // 2) if pcm[2 * n : 2 * n + 2] == sample)
