"""The SUT's log, read while it is written: which of its lines say that it cleaned up."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from harness.model.target import Log

READ_BYTES_MAX = 1 << 22
LINE_BYTES_MAX = 1 << 16  # what is longer is no line


@dataclass(slots=True)
class LogProbe:
    """Follows one file; a line that is no JSON object is nobody's, and stays unread.

    One that ``is_kept`` is the SUT's own and may hold the lines of earlier runs.
    """

    path: Path
    log: Log
    is_kept: bool = False
    _read_bytes: int = 0
    _rest: bytes = field(default=b"")

    def __post_init__(self) -> None:
        """Begin a file that is kept over runs where it ends by now."""
        if self.is_kept and self.path.is_file():
            self._read_bytes = self.path.stat().st_size

    def cleanups(self) -> Iterator[tuple[str, str | None]]:
        """Yield session and message, in the SUT's words, of each cleanup line that is new."""
        for line in self._new_lines():
            try:
                document = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if not isinstance(document, dict) or not self._is_cleanup(document):
                continue
            session, message = document.get(self.log.session), document.get(self.log.message)
            if session is not None:
                yield str(session), None if message is None else str(message)

    def _is_cleanup(self, document: dict[str, object]) -> bool:
        return all(str(document.get(key)) == value for key, value in self.log.cleanup.items())

    def _new_lines(self) -> list[bytes]:
        try:
            with self.path.open("rb") as file:
                file.seek(self._read_bytes)
                data = file.read(READ_BYTES_MAX)
        except OSError:
            return []
        self._read_bytes += len(data)
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest if len(rest) <= LINE_BYTES_MAX else b""
        return lines
