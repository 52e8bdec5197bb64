"""What a check sees: the facts of one message, one session or one run, in the order of time.

Times are monotonic nanoseconds. ``seq`` is the number of the event within its source. Views are
made by ``harness.judging``; checks only read them. What a run holds many of and nobody adds to is a
struct, which is made in a fraction of the time; what grows is a dataclass: faster to write to.
"""

from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from harness.model.conditions import Conditions as Conditions
from harness.model.events import Run
from harness.model.target import Behaviour

READABLE = frozenset({"pcm_s16le", "?"})
"""Formats of audio that we can read; ``?`` is one that is not announced."""

NO_COMMANDS = (None, None, None, None)

SILENT_WAYS = ("vanish", "half_open")
"""Ways to leave that send nothing: the connection stands, and nobody reads."""

SILENCE_MARGIN_MS = 250  # what else holds bytes back: a frame's time, the noting of a stall


class Phase(StrEnum):
    """Where a message stands when something happens to it."""

    IDLE = "idle"
    REQUESTED = "requested"
    STREAMING = "streaming"
    DRAINING = "draining"
    ENDED = "ended"


class AudioReceived(msgspec.Struct, kw_only=True, gc=False):
    """One binary frame at the client; ``label`` is the message it came for by the protocol."""

    at_ns: int
    seq: int = 0
    label: str | None = None
    bytes: int = 0
    runs: tuple[Run, ...] = ()
    zeros: int = 0
    foreign: int = 0
    odd: int = 0


class Signal(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A start signal, an end signal or an error: ``detail`` is its reason or code."""

    at_ns: int
    seq: int = 0
    kind: str = "end"
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a view was made: scenario, lane, what the target declares."""

    scenario: str = ""
    scenario_run: str = ""
    lane: str = ""
    retry_of: str | None = None
    behaviour: Behaviour = field(default_factory=Behaviour)
    conditions: Conditions = field(default_factory=Conditions)


class Command(msgspec.Struct, kw_only=True, gc=False):
    """A command of ours with a fence behind it: STOP, or a speak that supersedes.

    ``effective_ns`` is the effective fence: the PONG, or the command plus the canary's round trip
    plus 150 ms, whichever is earlier. ``phase`` is the phase of the message that it met.
    """

    at_ns: int
    seq: int = 0
    fence_passed_ns: int | None = None
    effective_ns: int = 0
    phase: Phase = Phase.IDLE
    message: str | None = None
    is_fence_late: bool = False


@dataclass(slots=True, kw_only=True)
class CleanupCall:
    """A call of the SUT's cleanup hook: ``call`` of ``times``, and the message that it met.

    ``message`` is the one that was open, or the last that was; ``phase`` is that message's phase,
    IDLE before the first. ``status`` is the HTTP status of the answer, 0 where none came.
    """

    at_ns: int
    seq: int = 0
    call: int = 1
    times: int = 1
    at_once: bool = False
    message: str | None = None
    phase: Phase = Phase.IDLE
    answered_ns: int | None = None
    status: int = 0
    text: str = ""


@dataclass(slots=True, kw_only=True)
class StreamView:
    """One upstream stream as the ledger saw it.

    ``sent_samples`` are marked ones; ``sent_until`` is the place behind the last of them, pauses
    included; ``pauses`` are (place, count) of the zeros between. ``silence_ns`` is the longest
    time without a byte, before one that came, and ``late_ns`` by how much a byte came at most
    behind the pace of speech, counted from the first.
    """

    exchange: int
    socket: int
    opened_ns: int
    key: int | None = None
    session: str | None = None
    message: str | None = None
    sentences: tuple[int, ...] = ()
    is_mixed: bool = False
    count: int = 0
    profile: str = "ws"
    total_samples: int = 0
    fault: str | None = None
    sent_samples: int = 0
    sent_zeros: int = 0
    sent_bytes: int = 0
    sent_until: int = 0
    pauses: list[tuple[int, int]] = field(default_factory=list)
    first_sent_ns: int | None = None
    last_sent_ns: int | None = None
    silence_ns: int = 0
    first_byte_ns: int | None = None
    late_ns: int = 0
    ended_ns: int | None = None
    marker: str | None = None
    failed_ns: int | None = None
    failed_how: str | None = None
    released_ns: int | None = None
    released_by: str | None = None
    released_how: str | None = None
    socket_closed_ns: int | None = None

    @property
    def live_until_ns(self) -> int | None:
        """Return when the stream stopped being live; None while nobody let it go."""
        ends = (self.ended_ns, self.released_ns, self.socket_closed_ns)
        return min(filter(None, ends), default=None)

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing more can happen to it."""
        return self.live_until_ns is not None and self.socket_closed_ns is not None


@dataclass(slots=True, kw_only=True)
class MessageView:
    """One message: what its client saw, and every upstream stream that was made for it.

    ``audio`` holds each frame with samples of this message (by their watermark), and each frame
    that the protocol says belongs to it. ``seen_until_ns`` is how far the record goes.
    ``crossed_by`` is a STOP that met it only if the message before it had just ended by itself.
    ``turn_ns`` is when no message before it was open any more.
    ``voided_ns`` is when its client gave it up without a word about it: another client of its user
    came, or it broke the protocol. ``is_broken_off`` says that the connection had to be closed for
    what the client had sent: nothing may follow such a close (RFC 6455, 7.1.1).
    ``cleaned`` is the first call of the cleanup hook that met it open.
    ``heard_samples`` are the audible ones of ``audio``; they stay when that is dropped, as do the
    moment of the first, that of the first sound of any origin under the message's name, and the
    bytes that came under it.
    ``is_overtaken`` says that the next message was asked for while this one was open (a rapid
    pair), whatever came of it.
    """

    session: str
    message: str
    speak: Command
    origin: Origin = field(default_factory=Origin)
    starts: list[Signal] = field(default_factory=list)
    audio: list[AudioReceived] = field(default_factory=list)
    ends: list[Signal] = field(default_factory=list)
    errors: list[Signal] = field(default_factory=list)
    stop: Command | None = None
    superseded: Command | None = None
    is_overtaken: bool = False
    crossed_by: Command | None = None
    left_ns: int | None = None
    left_how: str | None = None
    left_phase: Phase = Phase.IDLE
    lost_ns: int | None = None
    lost_how: str | None = None
    cleaned: CleanupCall | None = None
    voided_ns: int | None = None
    is_broken_off: bool = False
    turn_ns: int | None = None
    first_heard_ns: int | None = None
    first_sound_ns: int | None = None
    heard_samples: int = 0
    received_bytes: int = 0
    streams: list[StreamView] = field(default_factory=list)
    sentences: int = 1
    seen_until_ns: int = 0
    is_cut: bool = False
    has_upstream: bool = True
    _mark: int = field(default=-1, init=False, repr=False, compare=False)

    @property
    def id(self) -> str:
        """Return session and message as a person says them."""
        return f"message {self.message} of {self.session}"

    @property
    def behaviour(self) -> Behaviour:
        """Return what the target declares."""
        return self.origin.behaviour

    @property
    def session_number(self) -> int:
        """Return the number in the session's name."""
        return int(self.session[1:])

    @property
    def message_number(self) -> int:
        """Return the number in the message's name."""
        return int(self.message[1:])

    @property
    def mark(self) -> int:
        """Return what the stream keys of its samples begin with: session and message."""
        if self._mark < 0:
            self._mark = self.session_number << 16 | self.message_number
        return self._mark

    @property
    def end_ns(self) -> int | None:
        """Return the time of the first end signal."""
        return self.ends[0].at_ns if self.ends else None

    @property
    def is_rejected(self) -> bool:
        """Tell whether the SUT refused the speak: an error, and neither start nor stream."""
        return bool(self.errors) and not self._is_begun

    @property
    def is_waiting(self) -> bool:
        """Tell whether it may still stand in a declared queue: nothing of it was ever seen."""
        return self.origin.behaviour.on_new_message == "queue" and not self._is_begun

    @property
    def _is_begun(self) -> bool:
        return bool(self.starts or self.streams or self.audio or self.ends)

    @property
    def client_left(self) -> bool:
        """Tell whether the client went away before the end signal."""
        return self.left_ns is not None and (self.end_ns is None or self.left_ns <= self.end_ns)

    @property
    def is_decodable(self) -> bool:
        """Tell whether its audio can be read: no other format is announced, or it has our marks."""
        if self.heard_samples > 0:
            return True
        formats = {signal.detail.partition("/")[0] for signal in self.starts if signal.detail}
        return not formats - READABLE

    @property
    def noticed_left_ns(self) -> int | None:
        """Return when its client left so that the SUT could notice; None for silent ways."""
        return None if self.left_how in SILENT_WAYS else self.left_ns

    @property
    def watched_until_ns(self) -> int:
        """Return until when the client could hear: it left, was let go, or the record ends."""
        ends = [ns for ns in (self.left_ns, self.lost_ns) if ns is not None]
        return min(ends, default=self.seen_until_ns)

    @property
    def upstream_failed(self) -> bool:
        """Tell whether any upstream stream failed, stalled on purpose, or lacked its marker."""
        for stream in self.streams:  # noqa: SIM110 - half of any()'s time, and each rule asks
            if stream.failed_ns is not None or stream.fault:
                return True
        return False

    @property
    def was_interrupted(self) -> bool:
        """Tell whether its client ended it before its end signal: by STOP, speak or cleanup."""
        commands = (self.stop, self.superseded, self.crossed_by, self.cleaned)
        return commands != NO_COMMANDS or self.voided_ns is not None

    @property
    def interruptions_ns(self) -> list[int]:
        """Return when each STOP, speak or cleanup was sent that met it, in no order."""
        commands = (self.stop, self.superseded, self.crossed_by, self.cleaned)
        return [command.at_ns for command in commands if command is not None]

    @property
    def patience_ms(self) -> float:
        """Return from which silence of its upstream on, in ms, the SUT may rightly give it up."""
        return self.behaviour.completion_idle_ms - SILENCE_MARGIN_MS

    @property
    def final_streams(self) -> list[StreamView]:
        """Return the last attempt of each segment, in the order of opening."""
        if len(self.streams) < 2:
            return self.streams[:]
        last: dict[tuple[int, ...], StreamView] = {}
        for stream in self.streams:
            last.pop((), None)  # a refusal without identity counts only while nothing follows it
            last[stream.sentences] = stream
        return list(last.values())

    def own_samples(self, audio: AudioReceived) -> int:
        """Return how many samples of this message the frame holds, by their watermark."""
        mark, samples = self.mark, 0
        for key, _, count in audio.runs:
            if key >> 16 == mark:
                samples += count
        return samples

    def is_heard_in(self, audio: AudioReceived) -> bool:
        """Tell whether the frame holds audible samples of it; without marks its label decides."""
        if audio.runs or self.behaviour.fidelity == "exact":
            return self.own_samples(audio) > 0
        return audio.label == self.message and audio.bytes // 2 > audio.zeros

    def take_heard(self, audio: AudioReceived) -> None:
        """Count what is audible of the frame."""
        if self.first_sound_ns is None and audio.bytes // 2 > audio.zeros:
            self.first_sound_ns = audio.at_ns
        if self.is_heard_in(audio):
            self.first_heard_ns = self.first_heard_ns or audio.at_ns
            self.heard_samples += self.own_samples(audio) or audio.bytes // 2 - audio.zeros

    @property
    def ending(self) -> str:
        """Return in a word how the message ended, as exposures count it."""
        if self.client_left:
            return "client left"
        if self.stop is not None:
            return "stopped"
        if self.superseded is not None:
            return "superseded"
        if self.cleaned is not None:
            return "cleaned up"
        if self.upstream_failed:
            return "failed"
        return "ended"
