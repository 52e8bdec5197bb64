"""Which sample of which stream each received sample is.

`Decoder` reads the bytes of one connection, in chunks of any size that may begin at any byte. Where
the stream that was heard last goes on as predicted, a chunk costs one comparison of memory. Else
the bytes are read from the left: what continues a stream, zeros, the next block header with what
stands before it of the same stream, fragments of streams heard before.

Who gets a sample that two readings explain (a chance of 1 in 8192 per join): a stream goes on as
long as it fits; but when the next one would then begin up to three samples after the place where it
should begin (its start, or where it stood), and these samples are its own, it gets them back. Where
foreign audio lies before a stream that would begin up to three samples too early, the foreign audio
keeps them.

What cannot be decided is kept for the next `feed` or for `flush`: an odd byte at the end, and at
most 252 samples at the end that look marked, continue nothing and hold no whole header. A chunk of
20 ms holds a header at any offset. Of chunks shorter than a block, one sample that by chance
continues the stream before is not given back when it came in an earlier chunk.

Bytes between two runs are read as samples from the left; a byte left over before the next run is
odd. A fragment without a header is found within 0.96 s of where its stream stood, from four
samples on; shorter ones, out of their place, are foreign.
"""

from typing import Final, NamedTuple

from fake_groq import watermark
from harness.audio import fragments
from harness.audio.reading import Kind, Reading, Segment, Stream

__all__ = ["Decoded", "Decoder", "Kind", "Segment"]

_STREAMS_MAX: Final = 32  # remembered per decoder, the latest
_EXPECTED_MAX: Final = 256
_SEARCHED_MAX: Final = 4  # streams in which fragments are sought, the latest
_CHANCE_SAMPLES_MAX: Final = 3  # as many may continue a stream by chance: 1 in 5e11


class Decoded(NamedTuple):
    """What one call decided, in the order of the wire; samples kept back come in a later call.

    A named tuple, as one is made per chunk: making a frozen dataclass took 1.1 us where comparing
    the chunk took 0.3 us.
    """

    bytes: int
    """Bytes that the call was given, not those that it decided."""
    segments: tuple[Segment, ...]
    ends: tuple[int, ...]
    """Keys of the streams whose last sample came in this call."""

    @property
    def runs(self) -> tuple[tuple[int, int, int], ...]:
        """The runs of marked samples: stream key, first sample, count."""
        return tuple(
            (key, first, count) for _, key, first, count in self.segments if key is not None
        )

    @property
    def zeros(self) -> int:
        """Samples that are exactly 0."""
        return self._count("zeros")

    @property
    def foreign(self) -> int:
        """Other samples without a mark of this run."""
        return self._count("foreign")

    @property
    def odd(self) -> int:
        """Bytes that are no whole sample."""
        return self._count("odd")

    def _count(self, kind: Kind) -> int:
        return sum(segment[3] for segment in self.segments if segment[0] == kind)


class Decoder:
    """Attributes the samples of one connection to the streams of one run.

    Owns what it remembers of the connection: the streams heard, where each stood, and the bytes
    that cannot be decided yet (see the module).
    """

    __slots__ = (
        "_current",
        "_expected",
        "_lost",
        "_nonce",
        "_offset",
        "_pending",
        "_piece",
        "_silence",
        "_streams",
    )

    def __init__(self, nonce: int) -> None:
        self._nonce = nonce
        self._piece = b""  # of the current stream; empty when nothing is predicted
        self._offset = 0  # in bytes, of the predicted sample in the piece
        self._pending = b""
        self._lost = False  # after unknown bytes: one sample that fits may be chance
        self._silence = 0  # zeros since the current stream's last sample
        self._streams: dict[int, Stream] = {}  # the latest last
        self._current: Stream | None = None
        self._expected: dict[int, int] = {}

    @property
    def pending(self) -> int:
        """Bytes that were fed but are not decided yet."""
        return len(self._pending)

    def expect(self, key: int, *, total_samples: int | None = None) -> None:
        """Say that this stream may come, so that less of it than its first header is known too."""
        self._expected[key] = total_samples or watermark.TOTAL_SAMPLES_MAX
        while len(self._expected) > _EXPECTED_MAX:
            del self._expected[next(iter(self._expected))]

    def feed(self, pcm: bytes) -> Decoded:
        """Attribute the next bytes of the connection."""
        size, offset = len(pcm), self._offset
        if size & 1 or not size or not self._piece.startswith(pcm, offset):
            return self._read(bytes(pcm), final=False)
        stream = self._current
        assert stream is not None
        first, count = stream.next, size >> 1
        stream.next = first + count
        self._offset = offset = offset + size
        segments: tuple[Segment, ...] = (("run", stream.key, first, count),)
        if offset < len(self._piece):
            return tuple.__new__(Decoded, (size, segments, ()))  # 0.3 us less than the class
        self._predict()
        return Decoded(size, segments, (stream.key,) if stream.ended else ())

    def flush(self) -> Decoded:
        """Decide what was kept back; for when no more bytes of it can come."""
        return self._read(b"", final=True)

    def _read(self, pcm: bytes, *, final: bool) -> Decoded:
        reading = Reading(self._pending + pcm, self._nonce)
        while reading.rest and (
            self._go_on(reading)
            or self._pass_zeros(reading)
            or self._return(reading)
            or self._reach_landmark(reading)
        ):
            pass
        self._settle_end(reading, final=final)
        self._pending = reading.pcm[reading.at :]
        self._predict()
        ends = tuple(
            key
            for _, key, first, count in reading.segments
            if key in self._streams and first + count == self._streams[key].total_samples
        )
        return Decoded(len(pcm), tuple(reading.segments), ends)

    def _predict(self) -> None:
        """Get the fast path ready, where what comes next is clear."""
        stream = self._current
        self._piece, self._offset = b"", 0
        if stream is not None and not (
            stream.ended or self._pending or self._silence or self._lost
        ):
            index, skipped = divmod(stream.next, watermark.PIECE_SAMPLES)
            self._piece = watermark.piece(stream.key, self._nonce, stream.total_samples, index)
            self._offset = 2 * skipped

    def _go_on(self, reading: Reading) -> bool:
        """Take what continues the current stream, where zeros before it are its own or not."""
        stream = self._current
        if stream is None or self._lost:
            return False
        count, first = max(
            (reading.matching(stream, first), first)
            for first in {stream.next, stream.next + self._silence}
            if first <= stream.total_samples
        )
        if count:
            self._take_run(reading, stream, first, count)
        return count > 0

    def _pass_zeros(self, reading: Reading) -> bool:
        if not reading.pcm.startswith(b"\0\0", reading.at):
            return False
        rest = reading.pcm[reading.at :]
        count = (len(rest) - len(rest.lstrip(b"\0"))) // 2
        self._silence += count
        reading.add("zeros", None, 0, count)
        return True

    def _return(self, reading: Reading) -> bool:
        """Turn to a stream that was heard before, if four samples go on where it stood."""
        for stream in reversed(self._streams.values()):
            least = fragments.FRAGMENT_SAMPLES_MIN
            ahead = watermark.encode(
                stream.key, self._nonce, stream.next, least, stream.total_samples
            )
            if len(ahead) == 2 * least and reading.pcm.startswith(ahead, reading.at):
                self._turn_to(stream, stream.next)
                return True
        return False

    def _reach_landmark(self, reading: Reading) -> bool:
        """Settle what stands before the next zeros or the next run, whichever comes first."""
        found = reading.next_header()
        if found is None:
            return self._reach_zeros(reading, len(reading.pcm))
        at, header = found
        stream = self._streams.get(header.key) or Stream(key=header.key, total_samples=0, next=0)
        stream.total_samples = header.total_samples
        start, first = self._start_of_run(reading, at, header, stood=stream.next)
        if self._reach_zeros(reading, start):
            return True
        if start == reading.at:
            first -= self._take_back(reading, stream, first)
        else:
            self._settle(reading, start)
        self._turn_to(stream, first)
        return True

    def _reach_zeros(self, reading: Reading, stop: int) -> bool:
        """Settle what stands before the next zeros, if there are any before `stop`."""
        zero = reading.next_zero(stop)
        if zero < 0:
            return False
        self._settle(reading, zero)
        return True

    def _start_of_run(
        self, reading: Reading, at: int, header: watermark.Header, *, stood: int
    ) -> tuple[int, int]:
        """Return byte offset and position of the first sample of the run that a header is in."""
        back = reading.reach_back(at, header)
        early = stood - (header.first_sample - back)
        if 0 < early <= min(_CHANCE_SAMPLES_MAX, back) and at - 2 * back > reading.at:
            back -= early
        return at - 2 * back, header.first_sample - back

    def _take_back(self, reading: Reading, stream: Stream, first: int) -> int:
        """Take from the run before what it matched by chance; return how many samples."""
        if not reading.segments or reading.segments[-1][0] != "run":
            return 0
        before = self._current
        assert before is not None
        for start in (stream.next, 0):
            count = first - start
            if not 0 < count <= min(_CHANCE_SAMPLES_MAX, reading.segments[-1][3]):
                continue
            own = watermark.encode(stream.key, self._nonce, start, count, stream.total_samples)
            if before is not stream and reading.pcm.endswith(own, 0, reading.at):
                reading.give_back(count)
                before.next -= count
                return count
        return 0

    def _settle_end(self, reading: Reading, *, final: bool) -> None:
        """Settle the end, where no header stands, as far as more bytes cannot change it."""
        size = len(reading.pcm)
        if final:
            self._settle(reading, size)
            return
        undecided = fragments.unfinished_bytes(reading.pcm[reading.at :])
        self._settle(reading, size - undecided, open_end=size)

    def _settle(self, reading: Reading, until: int, *, open_end: int | None = None) -> None:
        """Take what stands before `until`, where no run with a header begins.

        With an open end a fragment that begins before `until` may go on up to there, and a byte
        left over is not taken.
        """
        stop = until if open_end is None else open_end
        if open_end is None:
            self._take_short(reading, (stop - reading.at) // 2)
        if until > reading.at:
            self._take_fragments(reading, until, stop)
        if until > reading.at:
            self._lost = True
            left_over = 0 if open_end is None else (until - reading.at) % 2
            reading.add_unknown(until - left_over)

    def _take_fragments(self, reading: Reading, until: int, stop: int) -> None:
        """Take the fragments that begin before `until`, each with what stands before it."""
        base, latest = reading.at, list(self._streams.values())[-_SEARCHED_MAX:]
        near = [fragments.Stream(heard.key, heard.total_samples, heard.next) for heard in latest]
        for place in fragments.find(reading.pcm[base:stop], near, self._nonce):
            if not reading.at <= base + place.at < until:
                continue
            reading.add_unknown(base + place.at)
            stream = self._streams[place.key]
            count = reading.matching(stream, place.position, stop=stop)
            self._take_run(reading, stream, place.position, count)

    def _take_short(self, reading: Reading, count: int) -> None:
        """Take `count` samples, all that stand here, if a stream goes on or begins with them."""
        if not 0 < count < watermark.HEADER_SAMPLES:
            return
        stop = reading.at + 2 * count
        begun = [
            Stream(key=key, total_samples=total, next=0) for key, total in self._expected.items()
        ]
        for stream in begun:
            if self._begins(reading, stream, count):
                self._take_run(reading, stream, 0, count)
                return
        for stream in list(self._streams.values())[-_SEARCHED_MAX:]:
            if count == reading.matching(stream, stream.next, stop=stop):
                self._take_run(reading, stream, stream.next, count)
                return

    def _begins(self, reading: Reading, stream: Stream, count: int) -> bool:
        """Return whether the next `count` samples, less than a header, are a stream's first."""
        known = list(range(count))
        if stream.total_samples == watermark.TOTAL_SAMPLES_MAX:
            known = [place for place in known if place in watermark.LENGTH_FREE_SAMPLES]
        expected = watermark.encode(stream.key, self._nonce, 0, count, stream.total_samples)
        actual = reading.pcm[reading.at : reading.at + 2 * count]
        return all(expected[2 * n : 2 * n + 2] == actual[2 * n : 2 * n + 2] for n in known)

    def _take_run(self, reading: Reading, stream: Stream, first: int, count: int) -> None:
        self._turn_to(stream, first + count)
        reading.add("run", stream.key, first, count)

    def _turn_to(self, stream: Stream, position: int) -> None:
        """Make this the current stream, standing at `position`."""
        stream.next = position
        self._current, self._silence, self._lost = stream, 0, False
        self._expected.pop(stream.key, None)
        self._streams.pop(stream.key, None)
        self._streams[stream.key] = stream
        if len(self._streams) > _STREAMS_MAX:
            del self._streams[next(iter(self._streams))]
