"""The ledger: what the fake did and saw, one JSON line per event, one write per turn of the loop.

So the file can be read at any moment, also after the process was killed. What is lost then is of
the turn that was under way and the one before it, and its bytes may be out already. Nothing is ever
changed in the file: a reset only moves the place from which the control API reads.
"""

import os
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final, NamedTuple

import msgspec

from fake_groq.counters import Counters
from fake_groq.identity import Identity

ENVELOPE_VERSION: Final = 1
READ_BYTES: Final = 1 << 16
EVENTS_PER_INDEX_ENTRY: Final = 256  # at first; twice as many whenever the index is full
INDEX_ENTRIES_MAX: Final = 8192
UNWRITTEN_MAX: Final = 256  # so many events of one turn are written before it is over

Soon = Callable[[Callable[[], None]], object]
"""What has a function called in the next turn of the event loop, as its `call_soon` does."""

_encode_lines = msgspec.json.Encoder().encode_lines


class _Event(msgspec.Struct, frozen=True, gc=False):
    """The envelope, in the order of its keys on the wire."""

    v: int
    seq: int
    at_ns: int
    clock: str
    source: str
    kind: str
    session: str | None
    message: str | None
    stream: int | None
    data: Mapping[str, Any]


class Subject(NamedTuple):
    """Whose event it is: session, message and stream key, each as far as there is one."""

    session: str | None = None
    message: str | None = None
    stream: int | None = None


NOBODY: Final = Subject()


def subject_of(found: tuple[Identity, ...], stream: int | None = None) -> Subject:
    """Return the subject of a text in which these identities were found: the first counts."""
    if not found:
        return Subject(stream=stream)
    return Subject(f"s{found[0].session}", f"m{found[0].message}", stream)


class Ledger:
    """The one writer of the file behind `descriptor`; `failure` holds what stopped it, if so.

    Events are written when `soon` says so; without it, each at once.
    """

    def __init__(self, descriptor: int, soon: Soon | None = None) -> None:
        self._descriptor = descriptor
        self._soon = soon
        self._clock = _clock_name()
        self._seq = 0
        self._unwritten: list[_Event] = []
        self._end = os.fstat(descriptor).st_size
        # Every so many events: their number and where they begin, to find a place to read from.
        self._index: list[tuple[int, int]] = [(0, self._end)]
        self._stride = EVENTS_PER_INDEX_ENTRY
        self._reset_at = self._end
        self.failure: OSError | None = None
        self.counters = Counters()

    @property
    def seq(self) -> int:
        """The number of the last event; they count from 1."""
        return self._seq

    def write(self, kind: str, data: Mapping[str, object], subject: Subject = NOBODY) -> None:
        """Append one event, stamped now. Nothing is written any more after a failure."""
        if self.failure is not None:
            return
        self._seq += 1
        self.counters.take(kind, data)
        unwritten = self._unwritten
        if not unwritten and self._soon is not None:
            self._soon(self.flush)
        at_ns = time.monotonic_ns()
        unwritten.append(
            _Event(
                ENVELOPE_VERSION, self._seq, at_ns, self._clock, "upstream", kind, *subject, data
            )
        )
        if self._soon is None or len(unwritten) >= UNWRITTEN_MAX:
            self.flush()

    def flush(self) -> None:
        """Write what is not written yet."""
        events, self._unwritten = self._unwritten, []
        if not events or self.failure is not None:
            return
        if events[0].seq - self._index[-1][0] > self._stride:
            self._note_place(events[0].seq - 1)
        lines = memoryview(_encode_lines(events))
        try:
            while lines:
                written = os.write(self._descriptor, lines)
                self._end += written
                lines = lines[written:]
        except OSError as error:
            self.failure = error

    def _note_place(self, seq: int) -> None:
        """Enter the end of the event of this number into the index, which stays bounded."""
        self._index.append((seq, self._end))
        if len(self._index) > INDEX_ENTRIES_MAX:
            del self._index[1::2]
            self._stride *= 2

    def reset(self) -> int:
        """Let reading begin here from now on; return the number of the last event before."""
        self.flush()
        self._reset_at = self._end
        return self._seq

    def read(self, since: int) -> Iterator[bytes]:
        """Yield the lines of the events after number `since`, those before a reset left out."""
        self.flush()
        place = bisect_right(self._index, since, key=lambda entry: entry[0]) - 1
        at, rest = max(self._index[max(place, 0)][1], self._reset_at), b""
        while at < self._end:
            read = os.pread(self._descriptor, min(READ_BYTES, self._end - at), at)
            if not read:
                return
            at += len(read)
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                if _number(line) > since:
                    yield line + b"\n"


@contextmanager
def open_ledger(path: Path | None, soon: Soon | None = None) -> Iterator[Ledger]:
    """Append to the file at `path`, or to one without a name where it is None.

    Raises:
        OSError: the file cannot be opened.
    """
    with ExitStack() as stack:
        if path is None:
            descriptor = stack.enter_context(TemporaryFile("w+b", buffering=0)).fileno()
        else:
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            descriptor = os.open(path, flags, 0o644)
            stack.callback(os.close, descriptor)
        ledger = Ledger(descriptor, soon)
        stack.callback(ledger.flush)
        yield ledger


class _Numbered(msgspec.Struct, gc=False):
    seq: int = 0


_decode = msgspec.json.Decoder(_Numbered).decode


def _number(line: bytes) -> int:
    return _decode(line).seq


def _clock_name() -> str:
    """Return a name that two processes share if and only if their clocks can be compared."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()[:8]
    except OSError:
        boot = "local"
    return f"{boot}-mono"
