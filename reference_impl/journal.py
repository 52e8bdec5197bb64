"""What the relay says about itself: one JSON object per line, written when it happens."""

import json
import time
from contextlib import suppress
from typing import TextIO


class Journal:
    """Writes JSON lines; a log that cannot be written never stops the relay."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def note(self, event: str, **facts: str | int | bool | None) -> None:
        """Write one line; `at_ns` is the monotonic clock."""
        line = json.dumps({"event": event, "at_ns": time.monotonic_ns(), **facts})
        with suppress(OSError):
            self._stream.write(line + "\n")
            self._stream.flush()

    def cleanup(
        self, *, session: str, message_id: str | None, cause: str, call: int, effective: bool
    ) -> None:
        """Log one cleanup call; `call` counts the calls for this message from 1."""
        self.note(
            "cleanup",
            session=session,
            message_id=message_id,
            cause=cause,
            call=call,
            effective=effective,
        )
