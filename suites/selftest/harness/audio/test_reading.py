"""A pass over the bytes of one call: what it takes, joins, gives back and sees ahead."""

from fake_groq import watermark
from harness.audio.reading import Reading, Stream

NONCE = 9
KEY = 7 << 32 | 1 << 16
TOTAL = 60_000


def pcm(first: int, count: int) -> bytes:
    return watermark.encode(KEY, NONCE, first, count, TOTAL)


def test_neighbours_that_are_one_are_joined() -> None:
    reading = Reading(bytes(100), NONCE)
    reading.add("zeros", None, 0, 3)
    reading.add("zeros", None, 0, 4)
    reading.add("run", KEY, 10, 5)
    reading.add("run", KEY, 15, 5)
    reading.add("run", KEY, 0, 5)
    assert reading.segments == [("zeros", None, 0, 7), ("run", KEY, 10, 10), ("run", KEY, 0, 5)]
    assert reading.at == 44


def test_an_odd_number_of_unknown_bytes_ends_with_an_odd_one() -> None:
    reading = Reading(bytes(100), NONCE)
    reading.add_unknown(5)
    reading.add_unknown(5)
    assert reading.segments == [("foreign", None, 0, 2), ("odd", None, 0, 1)]


def test_a_run_gives_samples_back() -> None:
    reading = Reading(bytes(100), NONCE)
    reading.add("run", KEY, 0, 5)
    reading.give_back(2)
    assert (reading.segments, reading.at) == ([("run", KEY, 0, 3)], 6)
    reading.give_back(3)
    assert (reading.segments, reading.at) == ([], 0)


def test_a_match_ends_with_the_piece_of_the_stream() -> None:
    first = watermark.PIECE_SAMPLES - 100
    heard = Stream(key=KEY, total_samples=TOTAL, next=first)
    reading = Reading(pcm(first, 300), NONCE)
    assert reading.matching(heard, first) == 100
    assert reading.matching(heard, first, stop=50) == 25
    assert Reading(pcm(first, 40) + bytes(99), NONCE).matching(heard, first) == 40
    assert Reading(pcm(TOTAL - 9, 9) + bytes(99), NONCE).matching(heard, TOTAL - 9) == 9


def test_zeros_are_seen_at_whole_samples_only() -> None:
    assert Reading(b"\x01\x00\x00\x01\x00\x00", NONCE).next_zero(6) == 4
    assert Reading(b"\x01\x00\x00\x01\x00\x00", NONCE).next_zero(5) == -1
    assert Reading(b"\x01\x00\x00\x00\x01\x01", NONCE).next_zero(6) == 2


def test_a_header_is_reached_back_from_as_far_as_its_stream_goes() -> None:
    reading = Reading(b"\x02\x01\x02" + pcm(400, 200), NONCE)
    found = reading.next_header()
    assert found is not None
    assert reading.reach_back(*found) == 80
    assert reading.next_header() is found
