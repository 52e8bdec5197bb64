"""The ledger: what the fake did and saw, one JSON line and one write per event.

So the file can be read at any moment, also after the process was killed. Nothing is ever changed
in it: a reset only moves the place from which the control API reads.
"""

import os
import time
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

import msgspec

from fake_groq.counters import Counters

ENVELOPE_VERSION: Final = 1
READ_BYTES: Final = 1 << 16
EVENTS_PER_INDEX_ENTRY: Final = 256  # at first; twice as many whenever the index is full
INDEX_ENTRIES_MAX: Final = 8192

_encode = msgspec.json.Encoder().encode


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


class Ledger:
    """The one writer of the file behind `descriptor`; `failure` holds what stopped it, if so."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._clock = _clock_name()
        self._seq = 0
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

    def write(
        self,
        kind: str,
        data: Mapping[str, object],
        *,
        session: str | None = None,
        message: str | None = None,
        stream: int | None = None,
    ) -> None:
        """Append one event, stamped now. Nothing is written any more after a failure."""
        if self.failure is not None:
            return
        self._seq += 1
        self.counters.take(kind, data)
        at_ns = time.monotonic_ns()
        event = _Event(
            v=ENVELOPE_VERSION,
            seq=self._seq,
            at_ns=at_ns,
            clock=self._clock,
            source="upstream",
            kind=kind,
            session=session,
            message=message,
            stream=stream,
            data=data,
        )
        if self._seq % self._stride == 0:
            self._note_place()
        try:
            self._end += os.write(self._descriptor, _encode(event) + b"\n")
        except OSError as error:
            self.failure = error

    def _note_place(self) -> None:
        """Enter the event that comes next into the index, which stays bounded."""
        self._index.append((self._seq, self._end))
        if len(self._index) > INDEX_ENTRIES_MAX:
            del self._index[1::2]
            self._stride *= 2

    def reset(self) -> int:
        """Let reading begin here from now on; return the number of the last event before."""
        self._reset_at = self._end
        return self._seq

    def read(self, since: int) -> Iterator[bytes]:
        """Yield the lines of the events after number `since`, those before a reset left out."""
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
def open_ledger(path: Path | None) -> Iterator[Ledger]:
    """Append to the file at `path`, or to one without a name where it is None.

    Raises:
        OSError: the file cannot be opened.
    """
    if path is None:
        with TemporaryFile("w+b", buffering=0) as file:
            yield Ledger(file.fileno())
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    try:
        yield Ledger(descriptor)
    finally:
        os.close(descriptor)


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
