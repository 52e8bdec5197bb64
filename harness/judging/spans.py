"""Audio of one origin that reached a session without a signal in between."""

from collections.abc import Iterable
from dataclasses import dataclass

from harness.model.session_view import AudioSpan


@dataclass(slots=True)
class _Growing:
    """A span that still grows; ``key`` is session and message."""

    key: int
    first_ns: int
    last_ns: int
    samples: int
    label: str | None


class Spans:
    """Joins the runs of one session's audio; every signal and command of it cuts.

    ``made`` is what came of it. Where the protocol has no start signals, the first audio of a
    message is taken for one. ``heard`` is the own message that was heard last.
    """

    def __init__(self, own: int, made: list[AudioSpan]) -> None:
        self._own = own
        self._made = made
        self._growing: _Growing | None = None
        self._started: str | None = None
        self._has_starts = False
        self.heard: str | None = None

    def start(self, message: str | None) -> None:
        """Take a start signal; the span before it must have been cut."""
        self._started, self._has_starts = message, True

    def add(
        self, key: int, samples: int, at_ns: int, label: str | None, open_messages: Iterable[str]
    ) -> None:
        """Take a run of session and message ``key``; another of either begins a new span."""
        span = self._growing
        if span is not None and span.key == key and span.label == label:
            span.last_ns = at_ns
            span.samples += samples
            return
        self.cut(open_messages)
        self._growing = _Growing(key, at_ns, at_ns, samples, label)
        if key >> 16 == self._own:
            self.heard = f"m{key & 0xFFFF}"

    def cut(self, open_messages: Iterable[str]) -> None:
        """End the span, if there is one; ``open_messages`` have been open for all of it."""
        span, self._growing = self._growing, None
        if span is None:
            return
        self._made.append(
            AudioSpan(
                session=span.key >> 16,
                message=span.key & 0xFFFF,
                first_ns=span.first_ns,
                last_ns=span.last_ns,
                samples=span.samples,
                label=span.label,
                open_messages=tuple(open_messages),
                started=self._started,
            )
        )
        is_own = span.key >> 16 == self._own
        if is_own and not self._has_starts and not _is_before(span.key & 0xFFFF, self._started):
            self._started = f"m{span.key & 0xFFFF}"


def _is_before(message: int, started: str | None) -> bool:
    return started is not None and message < int(started[1:])
