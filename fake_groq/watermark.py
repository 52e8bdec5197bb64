"""Audio that proves its origin: each sample is a pure function of nonce, stream key and position.

Samples are s16le with the low bit set, so none is 0, and lie within -8191..8191 (14 bits). Blocks
of 240 samples (10 ms) begin with a header of 14 samples of 13 payload bits each:

    samples 0, 1    check of nonce, key and block index (26 bits)
    sample  2       check of nonce, key, block index and length (13 bits)
    samples 3, 4    sync, the same in every header; sought with `bytes.find` at any byte offset
    samples 5..13   nonce 8, session 16, message 16, sentence 8, count 8, block index 23,
                    end flag 1, stream length in samples 28, nine spare bits 0; all
                    XORed with a constant and with samples 0 and 1 in turn, so that no
                    two headers look alike

The end flag marks the last block, and each header has the length, so any block tells how long the
stream is, to the sample. The check stands first because the headers of two streams of one session
are otherwise alike: a cut from one to the other at a block's edge is seen at its first sample.

Encoding is one XOR. A *static* piece (96 blocks, the same for all streams) holds noise and what of
the headers depends on the block index alone; a *row* of 240 samples, repeated over all blocks,
holds the stream's own noise and header bits. All of it is odd numbers of 14 bits sign-extended
(static) or even ones (row), which XOR keeps.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE: Final = 24_000
BLOCK_SAMPLES: Final = 240
HEADER_SAMPLES: Final = 14
HEADER_BYTES: Final = 2 * HEADER_SAMPLES
PIECE_BLOCKS: Final = 96
PIECE_SAMPLES: Final = PIECE_BLOCKS * BLOCK_SAMPLES  # 960 ms, twelve frames of 80 ms
SAMPLE_MAX: Final = 8191
TOTAL_SAMPLES_MAX: Final = (1 << 28) - 1  # 3 h 6 min
# What of a first header is known before the stream's length is.
LENGTH_FREE_SAMPLES: Final = (0, 1, 3, 4, 5, 6, 7, 8, 9, 10)

_PAYLOAD_BITS: Final = 13
_PAYLOAD: Final = (1 << _PAYLOAD_BITS) - 1
_SIGN: Final = 1 << _PAYLOAD_BITS - 1
_SYNC_AT: Final = 3
_FIELDS_AT: Final = 5
_WHITENING: Final = [0, 1, 0, 1, 0, 1, 0, 1, 0]  # the check that each sample of fields hides in
_FIELDS_PAD: Final = 0x1B7C9_3E5A6D_84F2B1_7D3C59_A6E0F5  # chosen by hand, 117 bits
_LENGTH_SHIFT: Final = 80  # key and nonce 56 bits, block index 23, end flag 1
_END_FLAG: Final = 1 << 79
_BLOCKS_MAX: Final = 1 << 23
_ROW_WORDS: Final = BLOCK_SAMPLES // 4  # 64-bit words of four samples
_TABLE_WORDS: Final = 1 << 14
_PIECES_KEPT: Final = 1200  # 55 MB: the live pieces of 1,000 streams and some
_U64: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15
_SYNC_BITS: Final = 0x0F35A9 | 0x1A7 << 17
# Three sequences of noise that do not meet, nor the numbers that are mixed for a stream.
_PIECE_NOISE, _TABLE_NOISE, _CHECK_NOISE = 1 << 60, 2 << 60, 3 << 60

_Samples = NDArray[np.int16]
_Words = NDArray[np.uint64]  # four samples each, the first in the lowest bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What one block says: stream key, block index, length of the whole stream in samples."""

    key: int
    block: int
    total_samples: int

    @property
    def first_sample(self) -> int:
        """The position in the stream of the block's first sample."""
        return self.block * BLOCK_SAMPLES


def stream_key(session: int, message: int, sentence: int, count: int) -> int:
    """Return the key of a stream; session = message = sentence = 0 means no identity.

    Raises:
        ValueError: a number is out of range.
    """
    if not (0 <= session < 1 << 16 and 0 <= message < 1 << 16):
        raise ValueError(f"Session {session} or message {message} is not within 0..65535.")
    if not (0 <= sentence < 1 << 8 and 0 <= count < 1 << 8):
        raise ValueError(f"Sentence {sentence} or count {count} is not within 0..255.")
    return session << 32 | message << 16 | sentence << 8 | count


def encode(
    key: int, nonce: int, first_sample: int, count_of_samples: int, total_samples: int
) -> bytes:
    """Return samples `first_sample` and following of a stream as s16le, clipped at its end.

    Raises:
        ValueError: key, nonce or length is out of range, or the position is negative.
    """
    if first_sample < 0 or count_of_samples < 0:
        raise ValueError(f"Position {first_sample} or count {count_of_samples} is negative.")
    index, skipped = divmod(first_sample, PIECE_SAMPLES)
    end = skipped + count_of_samples
    if end <= PIECE_SAMPLES:
        return piece(key, nonce, total_samples, index)[2 * skipped : 2 * end]
    last = min(first_sample + count_of_samples, total_samples) // PIECE_SAMPLES
    pieces = [piece(key, nonce, total_samples, number) for number in range(index, last + 1)]
    return b"".join(pieces)[2 * skipped : 2 * end]


@lru_cache(maxsize=_PIECES_KEPT)
def piece(key: int, nonce: int, total_samples: int, index: int) -> bytes:
    """Return the 23,040 samples of a stream from `index` * 23,040 on, fewer or none at its end.

    Raises:
        ValueError: key, nonce or length is out of range.
    """
    row = _row(key, nonce, total_samples)
    size = min(total_samples - index * PIECE_SAMPLES, PIECE_SAMPLES)
    if size <= 0:
        return b""
    words = np.bitwise_xor(_static(index), row)
    last_block = (total_samples - 1) // BLOCK_SAMPLES - index * PIECE_BLOCKS
    if last_block < PIECE_BLOCKS:
        words.view("<i2").reshape(PIECE_BLOCKS, BLOCK_SAMPLES)[last_block] ^= _end_row()
    return words.tobytes()[: 2 * size]


def find(pcm: bytes, start: int, nonce: int) -> tuple[int, Header] | None:
    """Return byte offset and content of the first header of this nonce at `start` or later."""
    sync = pcm.find(SYNC, start + 2 * _SYNC_AT)
    while sync >= 0:
        at = sync - 2 * _SYNC_AT
        header = read_header(pcm, at, nonce)
        if header is not None:
            return at, header
        sync = pcm.find(SYNC, sync + 1)
    return None


def read_header(pcm: bytes, at: int, nonce: int) -> Header | None:
    """Return the header that stands at byte `at`; None if there is no valid one of this nonce."""
    if len(pcm) < at + HEADER_BYTES:
        return None
    samples = struct.unpack_from(f"<{HEADER_SAMPLES}H", pcm, at)
    fields = _FIELDS_PAD
    for place, sample in enumerate(samples[_FIELDS_AT:]):
        fields ^= ((sample ^ samples[place % 2]) >> 1 & _PAYLOAD) << _PAYLOAD_BITS * place
    key, total = fields >> 8 & (1 << 48) - 1, fields >> _LENGTH_SHIFT
    header = Header(key=key, block=fields >> 56 & _BLOCKS_MAX - 1, total_samples=total)
    if fields & 0xFF != nonce or not header.first_sample < total <= TOTAL_SAMPLES_MAX:
        return None
    # Comparing with the header that should stand here also covers the checks and the spare bits.
    whole = min(HEADER_SAMPLES, total - header.first_sample)
    expected = encode(key, nonce, header.first_sample, whole, total)
    return header if pcm.startswith(expected, at) and whole == HEADER_SAMPLES else None


@lru_cache(maxsize=128)
def _static(index: int) -> _Words:
    """Return what piece `index` of every stream has in common: 96 blocks of 60 words."""
    size = PIECE_BLOCKS * _ROW_WORDS
    words = _even(_noise(_PIECE_NOISE + index * size, size)).reshape(PIECE_BLOCKS, _ROW_WORDS)
    samples = words.view("<i2")
    blocks = np.arange(index * PIECE_BLOCKS, (index + 1) * PIECE_BLOCKS, dtype=np.uint64)
    checks = _noise(_CHECK_NOISE + index * PIECE_BLOCKS, PIECE_BLOCKS)
    samples[:, :_SYNC_AT] = _header_columns(checks, 3)
    samples[:, _SYNC_AT:_FIELDS_AT] = _header_samples(_SYNC_BITS, 2)
    pad = np.array(_header_samples(_FIELDS_PAD, HEADER_SAMPLES - _FIELDS_AT), dtype="<i2")
    samples[:, _FIELDS_AT:HEADER_SAMPLES] = samples[:, _WHITENING] ^ pad
    # The block index begins at bit 56 of the fields: bit 4 of their fifth sample.
    samples[:, _FIELDS_AT + 4 : _FIELDS_AT + 7] ^= _header_columns(blocks << np.uint64(4), 3)
    samples |= 1
    return words


@lru_cache(maxsize=4096)
def _row(key: int, nonce: int, total_samples: int) -> _Words:
    """Return what all blocks of one stream have in common: one block of 60 words."""
    if not (0 <= key < 1 << 48 and 0 <= nonce < 1 << 8):
        raise ValueError(f"Stream key {key} is not within 48 bits, or nonce {nonce} not within 8.")
    if not 1 <= total_samples <= TOTAL_SAMPLES_MAX:
        raise ValueError(f"A stream has 1 to {TOTAL_SAMPLES_MAX} samples, not {total_samples}.")
    seed = _mixed(nonce << 48 | key)
    noise = _mixed(seed)
    turn = noise % (_TABLE_WORDS - _ROW_WORDS)
    lanes = np.array(_header_samples(_mixed(noise), 4), dtype="<i2").view(np.uint64)
    row = _table()[turn : turn + _ROW_WORDS] ^ lanes
    checks = _mixed(seed ^ 1) & (1 << 26) - 1 | (_mixed(seed ^ total_samples << 2) & _PAYLOAD) << 26
    fields = nonce | key << 8 | total_samples << _LENGTH_SHIFT
    samples = row.view("<i2")
    samples[:HEADER_SAMPLES] = _header_samples(checks | fields << _PAYLOAD_BITS * _FIELDS_AT)
    samples[_FIELDS_AT:HEADER_SAMPLES] ^= samples[_WHITENING]
    return row


@lru_cache(maxsize=1)
def _table() -> _Words:
    return _even(_noise(_TABLE_NOISE, _TABLE_WORDS))


@lru_cache(maxsize=1)
def _end_row() -> _Samples:
    """Return the difference that the end flag makes to a block."""
    row = np.zeros(BLOCK_SAMPLES, dtype="<i2")
    row[:HEADER_SAMPLES] = _header_samples(_END_FLAG << _PAYLOAD_BITS * _FIELDS_AT)
    return row


def _header_samples(bits: int, count: int = HEADER_SAMPLES) -> list[int]:
    """Return `count` even samples that carry `bits`, the lowest 13 first."""
    places = range(0, _PAYLOAD_BITS * count, _PAYLOAD_BITS)
    return [((bits >> place & _PAYLOAD ^ _SIGN) - _SIGN) * 2 for place in places]


def _header_columns(bits: _Words, count: int) -> _Samples:
    """Return `_header_samples` of many numbers, a row for each."""
    places = np.arange(0, _PAYLOAD_BITS * count, _PAYLOAD_BITS, dtype=np.uint64)
    payloads = (bits[:, np.newaxis] >> places & np.uint64(_PAYLOAD)).astype(np.int64)
    return (((payloads ^ _SIGN) - _SIGN) * 2).astype("<i2")


def _even(words: _Words) -> _Words:
    """Return 14 bits of each of the four samples of a word, sign-extended, the low bit clear."""
    kept = words & np.uint64(0x3FFE3FFE3FFE3FFE)
    sign = kept & np.uint64(0x2000200020002000)
    even: _Words = kept | sign << np.uint64(1) | sign << np.uint64(2)
    return even


def _mixed(value: int) -> int:
    """Return 64 bits that all depend on all bits of `value` (the finaliser of splitmix64)."""
    value = (value + _GOLDEN) & _U64
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _U64
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _U64
    return value ^ value >> 31


def _noise(first: int, count: int) -> _Words:
    """Return `_mixed` of the numbers `first` and following."""
    value = np.arange(first, first + count, dtype=np.uint64) + np.uint64(_GOLDEN)
    value = (value ^ value >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ value >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return value ^ value >> np.uint64(31)


SYNC: Final = struct.pack("<2h", *(sample | 1 for sample in _header_samples(_SYNC_BITS, 2)))
"""The four bytes that mark a header."""
