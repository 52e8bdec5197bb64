"""What the fake has done so far, in numbers, counted from the events of its ledger."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

Data = Mapping[str, Any]


class Counters:
    """All counts; they only grow."""

    def __init__(self) -> None:
        self.sockets_opened = 0
        self.sockets_closed: Counter[str] = Counter()  # by who let go: peer, own
        self.streams_opened: Counter[str] = Counter()  # by preset, or "http"
        self.streams_released: Counter[str] = Counter()  # by who, and how without its details
        self.streams_ended = 0
        self.streams_failed = 0  # those that a fault refused, too
        self.refusals: Counter[str] = Counter()  # by status
        self.faults: Counter[str] = Counter()  # by name
        self.chats = 0
        self.audio_bytes = 0

    def take(self, kind: str, data: Data) -> None:
        """Count an event of the ledger."""
        count = _COUNTS.get(kind)
        if count is not None:
            count(self, data)

    def summary(self) -> dict[str, Any]:
        """Return all of them, as JSON has it."""
        released = sum(self.streams_released.values())
        opened = sum(self.streams_opened.values())
        return {
            "sockets": {
                "open": self.sockets_opened - sum(self.sockets_closed.values()),
                "opened": self.sockets_opened,
                "closed": dict(sorted(self.sockets_closed.items())),
            },
            "streams": {
                "open": opened - released,
                "opened": dict(sorted(self.streams_opened.items())),
                "released": dict(sorted(self.streams_released.items())),
                "ended": self.streams_ended,
                "failed": self.streams_failed,
            },
            "refusals": dict(sorted(self.refusals.items())),
            "faults": dict(sorted(self.faults.items())),
            "chats": self.chats,
            "audio_bytes": self.audio_bytes,
        }


def _socket_opened(counters: Counters, _data: Data) -> None:
    counters.sockets_opened += 1


def _socket_closed(counters: Counters, data: Data) -> None:
    counters.sockets_closed[str(data.get("by"))] += 1


def _opened(counters: Counters, data: Data) -> None:
    counters.streams_opened[str(data.get("preset") or data.get("profile"))] += 1
    _note_faults(counters, data)


def _released(counters: Counters, data: Data) -> None:
    how = str(data.get("how")).partition(" ")[0]
    counters.streams_released[f"{data.get('by')} {how}"] += 1


def _ended(counters: Counters, data: Data) -> None:
    counters.streams_ended += "again" not in data


def _failed(counters: Counters, _data: Data) -> None:
    counters.streams_failed += 1


def _refused(counters: Counters, data: Data) -> None:
    counters.refusals[str(data.get("status"))] += 1
    _note_faults(counters, data)


def _note_faults(counters: Counters, data: Data) -> None:
    fault = data.get("fault")
    counters.faults.update(fault.split("+") if fault else ())


def _chat(counters: Counters, _data: Data) -> None:
    counters.chats += 1


def _sent(counters: Counters, data: Data) -> None:
    counters.audio_bytes += data.get("bytes", 0)


_COUNTS: Final[dict[str, Callable[[Counters, Data], None]]] = {
    "socket_opened": _socket_opened,
    "socket_closed": _socket_closed,
    "stream_opened": _opened,
    "stream_released": _released,
    "stream_ended": _ended,
    "stream_failed": _failed,
    "stream_refused": _refused,
    "stream_sent": _sent,
    "chat_completed": _chat,
}
