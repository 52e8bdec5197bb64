"""What a check sees of one session: its messages in order, and what belongs to none of them."""

from dataclasses import dataclass, field

import msgspec

from harness.model.views import CleanupCall, Command, MessageView, Origin, Phase, Signal


@dataclass(slots=True, kw_only=True)
class InvalidInput:
    """Something forbidden that we sent, its fence, and the first error that came after it.

    ``fatal`` says that it breaks WebSocket itself, so that only a close can answer it.
    """

    kind: str
    command: Command
    fatal: bool = False
    answer: Signal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCleanup:
    """A line of the SUT's log that says that it cleaned up."""

    at_ns: int
    message: str | None = None


class AudioSpan(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Audio of one origin that arrived at one session without a signal in between."""

    session: int
    message: int
    first_ns: int
    last_ns: int
    samples: int
    label: str | None = None
    open_messages: tuple[str, ...] = ()
    started: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanupBatch:
    """Calls of the cleanup hook that belong together, and the message that the first one met."""

    calls: tuple[CleanupCall, ...]
    met: MessageView | None = None

    @property
    def first_ns(self) -> int:
        """Return when the first call was made."""
        return self.calls[0].at_ns

    @property
    def done_ns(self) -> int:
        """Return when the last answer came; where none did, when the last call was made."""
        return max(call.answered_ns or call.at_ns for call in self.calls)

    @property
    def has_met_open(self) -> bool:
        """Tell whether its first call met a message that had not ended."""
        return self.calls[0].phase not in (Phase.IDLE, Phase.ENDED)

    @property
    def category(self) -> str:
        """Return what it came upon, as exposures count it."""
        if self.calls[0].at_once:
            return "at once"
        is_failed = self.met is not None and (self.met.errors or self.met.upstream_failed)
        if is_failed and not self.has_met_open:
            return "after an error"
        return self.calls[0].phase.value


@dataclass(slots=True, kw_only=True)
class SessionView:
    """One user session: its messages without audio detail, spans of audio, idle STOPs.

    ``strangers`` is unmarked audio that came while no message was open: (at_ns, samples).
    ``read_again_ns`` is when a client that had vanished or was half-open began to read again: one
    that the SUT had not let go by then, or lets go only now, is still there.
    ``rival_ns`` is when another client of the same user connected while this one was there, and
    ``rival_over_ns`` when that one was refused or let go by the SUT. ``errors`` are those that
    name no message, or one that was refused for its repeated id.
    """

    session: str
    origin: Origin = field(default_factory=Origin)
    user: str | None = None
    connected_ns: int | None = None
    left_ns: int | None = None
    left_how: str | None = None
    lost_ns: int | None = None
    lost_how: str | None = None
    read_again_ns: int | None = None
    seen_until_ns: int = 0
    messages: list[MessageView] = field(default_factory=list)
    spans: list[AudioSpan] = field(default_factory=list)
    strangers: list[tuple[int, int]] = field(default_factory=list)
    stray_signals: list[tuple[str, Signal]] = field(default_factory=list)
    errors: list[Signal] = field(default_factory=list)
    idle_stops: list[Command] = field(default_factory=list)
    cleanups: list[CleanupCall] = field(default_factory=list)
    invalids: list[InvalidInput] = field(default_factory=list)
    logged: list[LoggedCleanup] = field(default_factory=list)
    rival: str | None = None
    rival_ns: int | None = None
    rival_over_ns: int | None = None
    peers: int = 1
    has_upstream: bool = True

    @property
    def cleanup_batches(self) -> list[CleanupBatch]:
        """Return the calls of the cleanup hook, those together that belong together."""
        firsts = [n for n, call in enumerate(self.cleanups) if call.call == 1]
        known = {message.message: message for message in self.messages}
        return [
            CleanupBatch(
                calls=tuple(self.cleanups[first:after]),
                met=known.get(self.cleanups[first].message or ""),
            )
            for first, after in zip(firsts, [*firsts[1:], None], strict=False)
        ]

    @property
    def stops_ns(self) -> list[int]:
        """Return when the client sent a STOP, in no order."""
        stops = [message.stop for message in self.messages if message.stop is not None]
        return [command.at_ns for command in (*stops, *self.idle_stops)]

    @property
    def is_there(self) -> bool:
        """Tell whether its client is connected, or about to be, and nobody has let go."""
        return self.left_ns is None and self.lost_ns is None
