"""What a plan is made of: the steps of one upstream stream, as pure data.

A plan says what goes out and when, relative to the accepted request. Waits are added up to an
absolute schedule, so a slow moment in between does not move what comes later.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, Protocol

from fake_groq import spectral, watermark
from fake_groq.end_markers import Unit
from fake_groq.identity import Identity
from fake_groq.watermark import SAMPLE_RATE

Profile = Literal["http", "ws"]
Mark = Literal["exact", "spectral"]
FrameKind = Literal["binary", "text", "continuation", "close"]

SAMPLE_BYTES = 2
SAMPLES_PER_MS = SAMPLE_RATE // 1000
MARKS: dict[Mark, Callable[[int, int, int, int, int], bytes]] = {
    "exact": watermark.encode,
    "spectral": spectral.encode,
}
ALL_MS = 86_400_000.0
"""More audio than any stream has, in ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Samples in a row: marked ones from `first` of their stream on, or zeros if it is None."""

    first: int | None
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Let the schedule move on by so many ms."""

    ms: float


@dataclass(frozen=True, slots=True)
class Head:
    """Accept: status line and headers of the HTTP answer. On a WebSocket no byte is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One piece: a chunk of the HTTP body or a message, from `data`, its samples and `tail`.

    Attributes:
        skip_bytes: so many bytes of the first sample went before.
        lack_bytes: so many bytes of the last sample come later; the sample counts there.
        owes_bytes: so many bytes are announced, and never come.
        frame: how a WebSocket frames it; an HTTP body knows chunks only.
        is_final: whether the message of a WebSocket ends with it.
    """

    data: bytes = b""
    spans: tuple[Span, ...] = ()
    tail: bytes = b""
    skip_bytes: int = 0
    lack_bytes: int = 0
    owes_bytes: int = 0
    frame: FrameKind = "binary"
    is_final: bool = True

    @property
    def is_audio(self) -> bool:
        """Whether it is sound, or would be: a binary message, or what continues one."""
        return self.frame == "binary" or (self.frame == "continuation" and bool(self.spans))

    @property
    def whole_spans(self) -> tuple[Span, ...]:
        """The samples that are complete with this piece."""
        if not self.lack_bytes:
            return self.spans
        return split_spans(self.spans, sum(span.samples for span in self.spans) - 1)[0]

    @property
    def samples(self) -> int:
        """How many samples are complete with it, zeros included."""
        return sum(span.samples for span in self.spans) - bool(self.lack_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A unit of the end marker; the last one ends the stream."""

    unit: Unit
    is_last: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Close the connection: with this close code, or by a bare FIN where it is None."""

    code: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """Drop the connection with a TCP reset; nobody can connect anew for `down_ms`."""

    down_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """Send nothing for so many ms, by the fault of this name; the schedule moves on as much."""

    ms: float
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Answer with an error instead of speech; `retry_after_s` becomes the header if not None.

    `cause` chooses among the errors of one status: see `fake_groq.answers`.
    """

    status: int
    retry_after_s: float | None = None
    cause: str = ""
    is_broken: bool = False  # its body is cut in half


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail:
    """Nothing is sent: what was sent before is a failure of this kind."""

    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """Bytes past all framing."""

    data: bytes


@dataclass(frozen=True, slots=True)
class ShutWriting:
    """Send a FIN and read on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """For the rest of a stream a WebSocket answers pings or not, and close frames so late.

    None leaves a habit as it is.
    """

    answers_pings: bool | None = None
    close_answer_ms: float | None = None


Step = (
    Wait
    | Head
    | Send
    | Marker
    | Close
    | Reset
    | Stall
    | Refuse
    | Fail
    | Raw
    | ShutWriting
    | Manners
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All of one upstream stream before it begins.

    Attributes:
        key: the stream key in the watermark of the samples.
        total_samples: samples of the whole speech, its pauses included.
        marker: the name of its end marker.
        mark: which watermark its samples have.
        speed: how many times faster than real time the audio is sent; None for no pace at all.
        seed: what the faults draw their chance from.
        fault: names of the faults that bent the plan, joined by "+"; None for none.
        is_harmless: whether the stream is whole and its end as declared, whatever bent it.
    """

    profile: Profile
    key: int
    nonce: int
    count: int
    identities: tuple[Identity, ...]
    is_mixed: bool
    total_samples: int
    steps: tuple[Step, ...]
    marker: str = ""
    mark: Mark = "exact"
    speed: float | None = None
    seed: str = ""
    fault: str | None = None
    is_harmless: bool = True

    def chance(self, name: str) -> random.Random:
        """Return the chance of the fault of this name: the same for the same plan."""
        return random.Random(f"{self.seed} {name}")

    @property
    def refusal(self) -> Refuse | None:
        """The refusal that this plan comes to, if it does."""
        return next((step for step in self.steps if isinstance(step, Refuse)), None)

    def payload(self, send: Send) -> bytes:
        """Return the bytes of one of its pieces."""
        if len(send.spans) == 1 and not (
            send.data or send.tail or send.skip_bytes or send.lack_bytes
        ):
            return self._pcm(send.spans[0])  # nearly all are so
        pcm = b"".join(map(self._pcm, send.spans))
        return send.data + pcm[send.skip_bytes : len(pcm) - send.lack_bytes] + send.tail

    def _pcm(self, span: Span) -> bytes:
        if span.first is None:
            return bytes(SAMPLE_BYTES * span.samples)
        encode = MARKS[self.mark]
        return encode(self.key, self.nonce, span.first, span.samples, self.total_samples)


class Hash(Protocol):
    """What `hashlib` makes."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes."""


def hash_plan(plan: Plan, into: Hash) -> None:
    """Feed every planned byte, wait and ending of a plan to a hash.

    Waits in a row count as one, and empty ones not at all: only what can be seen on the wire does.
    """
    for kind, steps in groupby(plan.steps, type):
        if kind is Wait:
            waited_ms = sum(step.ms for step in steps if isinstance(step, Wait))
            into.update(f"wait {waited_ms:.3f}\n".encode() if waited_ms else b"")
            continue
        for step in steps:
            if isinstance(step, Send):
                payload = plan.payload(step)
                into.update(f"send {len(payload)}{_framing(step)}\n".encode() + payload)
            else:
                into.update(f"{step!r}\n".encode())


def _framing(send: Send) -> str:
    """Return what is not usual about the framing of a piece."""
    usual = ("binary", True, 0)
    framing = (send.frame, send.is_final, send.owes_bytes)
    return "" if framing == usual else f" {framing}"


def cut(steps: tuple[Step, ...], after_ms: float) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Divide steps behind the first `after_ms` of audio, inside a piece if need be.

    0 divides before the first audio. Where there is less audio than that, the steps that follow
    the last of it come second.
    """
    room = round(after_ms * SAMPLES_PER_MS)
    behind_last = 0
    for at, step in enumerate(steps):
        if not isinstance(step, Send) or not step.spans:
            continue
        if not room:
            behind_last = behind_last or at
            break
        if room < step.samples:
            before, after = split_spans(step.spans, room)
            first = replace(step, spans=before, tail=b"", lack_bytes=0, owes_bytes=0)
            second = replace(step, data=b"", spans=after, skip_bytes=0)
            return (*steps[:at], first), (second, *steps[at + 1 :])
        room -= step.samples
        behind_last = at + 1
    return steps[:behind_last], steps[behind_last:]


def split_spans(spans: tuple[Span, ...], room: int) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Divide spans behind their first `room` samples."""
    before: list[Span] = []
    after: list[Span] = []
    for span in spans:
        taken = min(room, span.samples)
        room -= taken
        if taken:
            before.append(Span(first=span.first, samples=taken))
        if taken < span.samples:
            first = None if span.first is None else span.first + taken
            after.append(Span(first=first, samples=span.samples - taken))
    return tuple(before), tuple(after)
