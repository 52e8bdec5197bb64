"""From what the upstream sends to whole PCM samples and the end of the stream. Pure.

HTTP brings a WAV file in pieces: the header is stripped, the end of the body is the end. The
WebSocket profile brings bare PCM; its end is told by one of the declared end markers, and a
connection that closes without one has failed. Silence ends a stream by timeout, unless the
protocol is declared to have no other end.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from reference_impl.vocabulary import Ending, EndReason, Failure
from reference_impl.wav import NotSpeech, WavStripper

SAMPLE_BYTES = 2
BYTES_PER_MS = 48
"""24 kHz, mono, 16 bits."""

FRAME_BYTES_MAX = 3840
"""80 ms. Longer pieces are cut, so that a STOP finds as little as possible under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Bytes as the upstream sent them; their edges mean nothing, but for an empty message."""

    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text message of the upstream's WebSocket."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """The upstream has finished: the end of the body, or a close frame with code 1000 if clean."""

    is_clean: bool
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lull:
    """The upstream has been silent for as long as its budget allows."""


Part = Chunk | Text | Finish | Lull


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """Whole samples, and the ending when this was the last of the stream."""

    pcm: bytes = b""
    ending: Ending | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMarkers:
    """The endings that the upstream protocol knows, as the operator declared them."""

    texts: tuple[str, ...] = ()
    json_pairs: tuple[tuple[str, str], ...] = ()
    silence_ms: int | None = None
    empty: bool = False
    close: bool = False
    none: bool = False

    @classmethod
    def parse(cls, declared: Sequence[str]) -> Self:
        """Read `text:TOKEN`, `json:KEY=VALUE`, `silence:MS`, `empty`, `close` and `none`.

        Raises:
            ValueError: what is declared is none of these; the text says what was expected.
        """
        texts, pairs, silence_ms = [], [], None
        for spec in declared:
            kind, _, value = spec.partition(":")
            if kind == "text" and value:
                texts.append(value)
            elif kind == "json" and "=" in value:
                key, _, expected = value.partition("=")
                pairs.append((key, expected))
            elif kind == "silence" and value.isdecimal() and int(value) > 0:
                silence_ms = int(value)
            elif spec not in ("empty", "close", "none"):
                raise ValueError(
                    f"The end marker {spec!r} is not known. Expected text:TOKEN, json:KEY=VALUE, "
                    "silence:MS, empty, close or none."
                )
        return cls(
            texts=tuple(texts),
            json_pairs=tuple(pairs),
            silence_ms=silence_ms,
            empty="empty" in declared,
            close="close" in declared,
            none="none" in declared,
        )

    def matches_text(self, text: str) -> bool:
        """Say whether this text message is a declared end."""
        if text in self.texts:
            return True
        document = _document(text)
        return any(
            key in document and expected in (document[key], json.dumps(document[key]))
            for key, expected in self.json_pairs
        )


class SampleAligner:
    """Carries the odd byte over, so that no sample is split."""

    def __init__(self) -> None:
        self._carry = b""

    def feed(self, payload: bytes) -> bytes:
        """Return the whole samples that `payload` completes."""
        if not self._carry and len(payload) % SAMPLE_BYTES == 0:
            return payload
        joined = self._carry + payload
        whole = len(joined) - len(joined) % SAMPLE_BYTES
        self._carry = joined[whole:]
        return joined[:whole]


class SilenceGate:
    """Finds the binary silence that ends a stream, and keeps it from the client.

    Zeros are held back until a sample proves that they were a pause, or they are the end marker.
    """

    def __init__(self, *, silence_ms: int) -> None:
        self._marker = bytes(silence_ms * BYTES_PER_MS)
        self._held = 0

    def feed(self, pcm: bytes) -> tuple[bytes, bool]:
        """Return the samples to pass on, and whether the stream has ended behind them."""
        joined = bytes(self._held) + pcm
        end = self._find_marker(joined)
        if end is not None:
            self._held = 0
            return _without_final_zeros(joined[:end]), True
        audible = _without_final_zeros(joined)
        self._held = len(joined) - len(audible)
        return audible, False

    def flush(self) -> bytes:
        """Return the zeros that turned out to be no end marker."""
        held, self._held = self._held, 0
        return bytes(held)

    def _find_marker(self, pcm: bytes) -> int | None:
        at = pcm.find(self._marker)
        if at >= 0 and at % SAMPLE_BYTES:  # the run began in the high byte of the last sample
            at += 1
            if pcm[at : at + len(self._marker)] != self._marker:
                return self._find_marker_behind(pcm, at)
        return at if at >= 0 else None

    def _find_marker_behind(self, pcm: bytes, at: int) -> int | None:
        found = self._find_marker(pcm[at:])
        return None if found is None else at + found


class Framing(ABC):
    """One upstream stream on its way from parts to samples."""

    def __init__(self) -> None:
        self._aligner = SampleAligner()
        self._is_audible = False

    @abstractmethod
    def take(self, part: Part) -> Framed:
        """Return the samples of `part`, and the ending when it ends the stream."""

    def _heard(self, pcm: bytes) -> bytes:
        self._is_audible = self._is_audible or any(pcm)
        return pcm

    def _completed(self, pcm: bytes = b"") -> Framed:
        """End with success; a success without one audible sample is told to the client."""
        failure = None if self._is_audible else _SILENT
        return Framed(pcm=pcm, ending=Ending(reason=EndReason.COMPLETED, failure=failure))


class WebSocketFraming(Framing):
    """Bare PCM in binary messages; the end is one of the declared markers."""

    def __init__(self, markers: EndMarkers) -> None:
        super().__init__()
        self._markers = markers
        silence_ms = markers.silence_ms
        self._gate = None if silence_ms is None else SilenceGate(silence_ms=silence_ms)

    def take(self, part: Part) -> Framed:
        """Return the samples of `part`, and the ending when it ends the stream."""
        if isinstance(part, Chunk):
            return self._take_audio(part.payload)
        if isinstance(part, Text):
            return self._take_text(part.text)
        if isinstance(part, Lull):
            is_end = self._markers.none and self._is_audible
            return self._completed(self._rest()) if is_end else _TIMED_OUT
        if part.is_clean and self._markers.close:
            return self._completed(self._rest())
        return _failed(
            code="upstream_closed", message=f"The upstream went without an end marker: {part.how}."
        )

    def _take_audio(self, payload: bytes) -> Framed:
        if not payload and self._markers.empty:
            return self._completed(self._rest())
        pcm, has_ended = self._aligner.feed(payload), False
        if self._gate is not None:
            pcm, has_ended = self._gate.feed(pcm)
        self._heard(pcm)
        return self._completed(pcm) if has_ended else Framed(pcm=pcm)

    def _take_text(self, text: str) -> Framed:
        if self._markers.matches_text(text):
            return self._completed(self._rest())
        error = _upstream_error(text)
        return Framed() if error is None else _failed(code="upstream_error", message=error)

    def _rest(self) -> bytes:
        return b"" if self._gate is None else self._gate.flush()


class HttpFraming(Framing):
    """A WAV body in pieces; the end is the end of the body."""

    def __init__(self) -> None:
        super().__init__()
        self._wav = WavStripper()

    def take(self, part: Part) -> Framed:
        """Return the samples of `part`, and the ending when it ends the stream."""
        if isinstance(part, Lull):
            return _TIMED_OUT
        try:
            if isinstance(part, Chunk):
                return Framed(pcm=self._heard(self._aligner.feed(self._wav.feed(part.payload))))
            self._wav.finish()
        except NotSpeech as error:
            return _failed(code="upstream_format", message=str(error))
        return self._completed()


class Chunker:
    """Decides how samples are cut into frames for the client: never merged, cut above 80 ms."""

    def feed(self, pcm: bytes) -> Iterable[bytes]:
        """Return the frames to send now."""
        return (pcm[at : at + FRAME_BYTES_MAX] for at in range(0, len(pcm), FRAME_BYTES_MAX))

    def flush(self) -> Iterable[bytes]:
        """Return what is still held back when the stream has ended."""
        return ()


_TIMED_OUT = Framed(ending=Ending(reason=EndReason.TIMEOUT))
_SILENT = Failure(
    code="upstream_silent", message="The upstream reported success but sent no audible sample."
)


def _failed(*, code: str, message: str) -> Framed:
    failure = Failure(code=code, message=message)
    return Framed(ending=Ending(reason=EndReason.UPSTREAM_ERROR, failure=failure))


def _upstream_error(text: str) -> str | None:
    """Return the message of an error document; None if `text` is none."""
    document = _document(text)
    error = document.get("error")
    if document.get("type") != "error" and error is None:
        return None
    if isinstance(error, dict):
        error = error.get("message")
    found = error or document.get("message") or "no reason given"
    return f"The upstream reported an error: {found}"


def _document(text: str) -> dict[str, object]:
    if not text.startswith("{"):
        return {}
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _without_final_zeros(pcm: bytes) -> bytes:
    end = len(pcm.rstrip(b"\0"))
    return pcm[: end + end % SAMPLE_BYTES]
