"""Strip the header of a WAV file that arrives in pieces. Pure.

Streamed WAV states sizes that are unknown when the header is written: 0, 0x7FFFFFFF or 0xFFFFFFFF.
Other chunks (`LIST`) may stand before the samples or, where the size is stated, behind them.
"""

import struct

HEADER_BYTES_MAX = 65_536
"""A header that is longer than this is none."""

_RIFF = struct.Struct("<4sI4s")
_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIHH")
_SIZES_UNKNOWN = (0, 0x7FFFFFFF, 0xFFFFFFFF)
_CODINGS_PCM = (1, 0xFFFE)
_EXPECTED = (1, 24_000, 16)


class NotSpeech(Exception):
    """The body is no WAV file with 24 kHz mono 16-bit PCM; the text is meant for the client."""


class WavStripper:
    """Turns the pieces of a WAV file into the pieces of its samples."""

    def __init__(self) -> None:
        self._header: bytes | None = b""  # None once the samples have begun
        self._remaining: int | None = None  # bytes of samples still to come; None if unknown
        self._has_format = False

    def feed(self, piece: bytes) -> bytes:
        """Return the bytes of samples in `piece`, not yet aligned.

        Raises:
            NotSpeech: this is no WAV file, or not in our format.
        """
        if self._header is not None:
            self._header += piece
            start = self._find_samples(self._header)
            if start is None:
                return b""
            piece, self._header = self._header[start:], None
        if self._remaining is None:
            return piece
        samples = piece[: self._remaining]
        self._remaining -= len(samples)
        return samples

    def finish(self) -> None:
        """Note the end of the body.

        Raises:
            NotSpeech: it came before the samples began.
        """
        if self._header is not None:
            raise NotSpeech("The upstream's body ended inside the WAV header.")

    def _find_samples(self, header: bytes) -> int | None:
        """Return the offset of the first sample; None while the header is incomplete."""
        if not b"RIFF".startswith(header[:4]) or header[8:12] != b"WAVE"[: len(header[8:12])]:
            raise NotSpeech("The upstream's body is no WAV file.")
        if len(header) > HEADER_BYTES_MAX:
            raise NotSpeech(f"No samples in the first {HEADER_BYTES_MAX} bytes of the WAV file.")
        at = _RIFF.size
        while len(header) >= at + _CHUNK.size:
            name, size = _CHUNK.unpack_from(header, at)
            at += _CHUNK.size
            if name == b"data":
                return self._begin_samples(at, size)
            if name == b"fmt " and len(header) >= at + _FORMAT.size:
                self._read_format(header, at)
            at += size + size % 2
        return None

    def _begin_samples(self, at: int, size: int) -> int:
        if not self._has_format:
            raise NotSpeech("The upstream's WAV file does not say its format.")
        self._remaining = None if size in _SIZES_UNKNOWN else size
        return at

    def _read_format(self, header: bytes, at: int) -> None:
        coding, channels, rate, _, _, bits = _FORMAT.unpack_from(header, at)
        if coding not in _CODINGS_PCM or (channels, rate, bits) != _EXPECTED:
            raise NotSpeech(
                f"The upstream's audio has coding {coding}, {channels} channel(s), {rate} Hz, "
                f"{bits} bits; expected PCM, 1 channel, 24000 Hz, 16 bits."
            )
        self._has_format = True
