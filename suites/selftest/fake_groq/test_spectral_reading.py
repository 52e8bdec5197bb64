"""Reading the spectral mark: behind all channels, from any sample on, in pieces in any order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_groq import spectral, watermark
from fake_groq.spectral_reading import MarkRun, block_samples, read
from suites.selftest.fake_groq.channels import (
    CHANNELS,
    NOISIER,
    NOISIEST,
    NONCE,
    Channel,
    Part,
    Samples,
    babble,
    count,
    montage,
    white_noise,
)

RATE = watermark.SAMPLE_RATE
SIZE = spectral.BLOCK_SAMPLES
KEYS = tuple(watermark.stream_key(number, 1, 0, 0) for number in range(1, 41))
ONE, OTHER = KEYS[:2]
RATES = (8000, 16_000, 22_050, 24_000, 44_100, 48_000)
every_channel = pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)


def heard(samples: Samples, keys: tuple[int, ...] = KEYS) -> tuple[MarkRun, ...]:
    return read(samples, rate=RATE, keys=keys, nonce=NONCE)


def stream(key: int, blocks: int, first_block: int = 0) -> Samples:
    return montage([Part(key=key, first=first_block * SIZE, samples=blocks * SIZE)])


def outline(runs: tuple[MarkRun, ...]) -> list[tuple[int, int, int]]:
    return [(run.key, run.first_block, run.blocks) for run in runs]


@every_channel
@pytest.mark.parametrize("cut", [0, 1, 479])
def test_a_stream_is_one_run_behind_each_channel(channel: Channel, cut: int) -> None:
    parts = [Part(key=KEYS[cut % 40], first=cut * 1000, samples=200 * SIZE)]
    changed = channel.change(montage(parts)[cut:], np.random.default_rng(cut))
    runs = read(changed, rate=channel.rate, keys=KEYS, nonce=NONCE)
    assert len(runs) == 1
    counted = count(parts, runs, rate=channel.rate, cut=cut)
    assert counted.found == counted.whole >= 198
    assert counted.wrong == 0


@pytest.mark.parametrize("channel", [NOISIER, NOISIEST], ids=lambda channel: channel.name)
def test_noise_of_a_tenth_of_the_power_spoils_few_blocks(channel: Channel) -> None:
    parts = [Part(key=ONE, first=0, samples=1000 * SIZE)]
    changed = channel.change(montage(parts), np.random.default_rng(1))
    counted = count(
        parts, read(changed, rate=channel.rate, keys=KEYS, nonce=NONCE), rate=channel.rate
    )
    assert counted.found >= 0.99 * counted.whole
    assert counted.wrong == 0


@every_channel
def test_pieces_of_many_streams_are_told_apart(channel: Channel) -> None:
    chance = np.random.default_rng(3)
    parts = [
        Part(
            key=KEYS[chance.integers(len(KEYS))],
            first=int(chance.integers(500_000)),
            samples=int(chance.integers(4800, 24_000)),
        )
        for _ in range(30)
    ]
    changed = channel.change(montage(parts), chance)
    runs = read(changed, rate=channel.rate, keys=KEYS, nonce=NONCE)
    counted = count(parts, runs, rate=channel.rate)
    assert counted.found >= 0.99 * counted.whole > 300
    assert counted.wrong == 0


@given(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1))
def test_audio_is_read_from_any_sample_to_any_sample(before: int, behind: int) -> None:
    whole = stream(ONE, 8)
    [run] = heard(whole[before : whole.size - behind])
    assert run.first_block <= (before > 0)
    assert run.first_block + run.blocks >= 8 - (behind > 0)
    assert abs(run.at_sample - (run.first_block * SIZE - before)) <= RATE // 4000
    assert run.end_sample - run.at_sample == pytest.approx(run.blocks * SIZE, abs=RATE // 2000)


@given(st.integers(0, 2 * SIZE), st.sampled_from(["before", "behind"]))
def test_a_lone_block_is_read_where_it_is_whole(silent: int, where: str) -> None:
    silence = np.zeros(silent, dtype=np.int16)
    order = [silence, stream(OTHER, 1, 77)][:: 1 if where == "before" else -1]
    [run] = heard(np.concatenate(order))
    assert (run.key, run.first_block, run.blocks) == (OTHER, 77, 1)
    assert abs(run.at_sample - (silent if where == "before" else 0)) <= RATE // 4000


@given(st.integers(4 * SIZE, 8 * SIZE), st.integers(SIZE // 10, 4 * SIZE))
def test_a_missing_piece_is_seen_as_missing(at: int, missing: int) -> None:
    whole = stream(ONE, 16)
    before, behind = heard(np.concatenate([whole[:at], whole[at + missing :]]))
    assert before.first_block == 0
    assert abs(before.blocks * SIZE - at) <= SIZE
    assert behind.first_block + behind.blocks == 16
    shift = behind.at_sample - behind.first_block * SIZE
    assert shift == pytest.approx(-missing, abs=RATE // 2000)


def test_swapped_pieces_are_read_in_the_order_in_which_they_are_heard() -> None:
    whole = stream(ONE, 30)
    a, b, c = whole[: 10 * SIZE], whole[10 * SIZE : 20 * SIZE], whole[20 * SIZE :]
    runs = heard(np.concatenate([a, c, b]))
    assert outline(runs) == [(ONE, 0, 10), (ONE, 20, 10), (ONE, 10, 10)]


def test_a_piece_that_is_heard_twice_is_read_twice() -> None:
    whole = stream(ONE, 20)
    runs = heard(np.concatenate([whole, whole[15 * SIZE :], whole[19 * SIZE :]]))
    assert outline(runs) == [(ONE, 0, 20), (ONE, 15, 5), (ONE, 19, 1)]


@pytest.mark.parametrize("cut", range(0, SIZE, 53))
def test_two_streams_are_told_apart_at_any_cut(cut: int) -> None:
    spliced = np.concatenate(
        [stream(ONE, 10)[: 5 * SIZE + cut], stream(OTHER, 10)[3 * SIZE + cut :]]
    )
    first, second = heard(spliced)
    assert (first.key, second.key) == (ONE, OTHER)
    assert first.first_block == 0
    assert first.blocks in (5, 5 + (cut > SIZE // 4))
    assert second.first_block in (3 + (cut > 0), 3)
    assert second.first_block + second.blocks == 10


def test_silence_between_two_pieces_stays_a_gap() -> None:
    silence = np.zeros(RATE, dtype=np.int16)
    runs = heard(np.concatenate([stream(ONE, 10), silence, stream(ONE, 10, 10)]))
    assert outline(runs) == [(ONE, 0, 10), (ONE, 10, 10)]
    assert runs[1].at_sample - runs[0].end_sample == pytest.approx(RATE, abs=RATE // 2000)


def test_audio_without_a_mark_has_no_runs() -> None:
    chance = np.random.default_rng(5)
    for samples in (np.zeros(RATE, dtype=np.int16), white_noise(20 * RATE, chance)):
        assert heard(samples) == ()
    assert heard(babble(20 * RATE, chance)) == ()


def test_the_exact_watermark_is_not_taken_for_a_spectral_one() -> None:
    pcm = watermark.encode(ONE, NONCE, 0, 20 * RATE, 20 * RATE)
    assert read(pcm, rate=RATE, keys=KEYS, nonce=NONCE) == ()


def test_streams_of_another_run_or_another_session_are_not_read() -> None:
    pcm = stream(ONE, 250)
    assert heard(pcm, KEYS[1:]) == ()
    assert heard(pcm, ()) == ()
    assert read(pcm, rate=RATE, keys=KEYS, nonce=NONCE + 1) == ()
    assert read(pcm, rate=48_000, keys=KEYS, nonce=NONCE) == ()


@pytest.mark.parametrize("rate", RATES)
def test_too_little_audio_has_no_runs(rate: int) -> None:
    size = block_samples(rate)
    assert read(b"", rate=rate, keys=KEYS, nonce=NONCE) == ()
    assert read(bytes(2 * (size - 1)), rate=rate, keys=KEYS, nonce=NONCE) == ()
    assert read(bytes(2 * size), rate=rate, keys=KEYS, nonce=NONCE) == ()


def test_bytes_and_samples_are_read_alike() -> None:
    pcm = stream(ONE, 12)
    assert read(pcm.tobytes(), rate=RATE, keys=KEYS, nonce=NONCE) == heard(pcm) != ()


@pytest.mark.parametrize("rate", [0, 7350, 11_024, 6000])
def test_a_rate_at_which_it_cannot_be_read_is_refused(rate: int) -> None:
    with pytest.raises(ValueError, match=f"rate of {rate} Hz"):
        read(b"", rate=rate, keys=KEYS, nonce=NONCE)
