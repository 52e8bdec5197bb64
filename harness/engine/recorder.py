"""The one writer of the harness's part of the trace.

Every event is one line and one write, so that a kill at any moment loses no line that was begun
before it, and leaves at most the last one cut.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from harness.model.clock import Clock, clock_name
from harness.model.errors import HarnessError
from harness.model.events import ENVELOPE_VERSION, Event

SECRET_WORDS = ("authorization", "api_key", "apikey", "token", "password", "secret")
REDACTED = "[redacted]"
TEXT_CHARACTERS_MAX = 200


class Recorder:
    """Stamps events with time and number and appends them to one file."""

    def __init__(self, descriptor: int, clock: Clock) -> None:
        self._descriptor = descriptor
        self._clock = clock
        self._clock_name = clock_name()
        self._seq = 0
        self._encode = msgspec.json.Encoder().encode

    def record(
        self,
        source: str,
        kind: str,
        data: msgspec.Struct | dict[str, Any] | None = None,
        *,
        session: str | None = None,
        message: str | None = None,
        stream: int | None = None,
        at_ns: int | None = None,
    ) -> int:
        """Write one event and return its number; secrets are taken out of dicts before.

        Raises:
            HarnessError: the disk is full, or the file cannot be written for another reason.
        """
        self._seq += 1
        if isinstance(data, dict):
            data = redact(data)
        event = Event(
            v=ENVELOPE_VERSION,
            seq=self._seq,
            at_ns=self._clock.now_ns() if at_ns is None else at_ns,
            clock=self._clock_name,
            source=source,
            kind=kind,
            session=session,
            message=message,
            stream=stream,
            data=msgspec.Raw(self._encode(data if data is not None else {})),
        )
        try:
            os.write(self._descriptor, self._encode(event) + b"\n")
        except OSError as error:
            raise HarnessError(f"the record cannot be written: {error}.") from error
        return self._seq


@contextmanager
def open_recorder(file: Path, clock: Clock) -> Iterator[Recorder]:
    """Append to ``file`` for as long as the context lasts."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    try:
        yield Recorder(descriptor, clock)
    finally:
        os.close(descriptor)


def redact(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data with the values of keys that name a secret replaced, at any depth."""
    return {
        key: REDACTED
        if any(word in key.lower() for word in SECRET_WORDS)
        else redact(value)
        if isinstance(value, dict)
        else value
        for key, value in data.items()
    }


def clean(text: str) -> str:
    """Return what the SUT chose to say so that it can be stored: short, and without half a pair."""
    return text[:TEXT_CHARACTERS_MAX].encode("utf-8", "replace").decode()
