"""How an upstream stream behaves: frozen settings, and how they are read from JSON."""

import re
from dataclasses import asdict, dataclass, fields, replace
from typing import Final, Literal, get_args

from fake_groq.audio import FRAME_SAMPLES, Pauses
from fake_groq.end_markers import (
    Ending,
    EndMarker,
    EndMarkerError,
    Order,
    parse_end_marker,
    parse_follow,
)
from fake_groq.faults.base import Fault, FaultError, parse_fault
from fake_groq.setting import Reader, SettingError, flag, milliseconds, one_of, or_null, read, whole
from fake_groq.steps import SAMPLES_PER_MS, Mark
from fake_groq.watermark import SAMPLE_RATE
from fake_groq.wav import WAV_HEADERS

SPEED_MAX: Final = 1000.0
PAUSES_MAX: Final = 1000
FAULTS_MAX: Final = 8

DEFAULT_END_MARKER: Final = EndMarker(kind="text", argument="__END__")

Timing = Literal["groq-english", "groq-arabic", "paper", "queued", "real-time", "instant"]

_PACE: Final = re.compile(r"(\d+(?:\.\d+)?)x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """All settings of a stream; times are in ms and count from the accepted request.

    Attributes:
        pace: "real-time", so many times faster ("8x"), or "max": as fast as the socket takes it.
        timing: a profile that draws `header_ms`, `first_audio_ms` and `pace` anew for each stream
            (see `fake_groq.timing`); None for these settings themselves.
        first_audio_ms: when the first audio is sent, not before the headers.
        header_ms: when the headers of an HTTP answer are sent.
        marker_order: the end marker comes "after" the audio, "before" the last 160 ms of it, or
            "twice" behind it.
        after_marker: what follows the end marker on a WebSocket: see `fake_groq.end_markers`.
        ms_per_character: how long a text sounds; the sum is rounded up to whole frames.
        frame_samples: the samples of a piece: 1920 as Groq's lengths are, 2048 as Orpheus makes.
        mark: which watermark the samples have: the exact one, or the spectral one, which survives
            another rate, companding and noise.
        wav_header: which header an HTTP answer begins with: see `fake_groq.wav`.
        header_alone: whether that header is a chunk of its own, sent before there is audio.
        lead_ms: how far the audio is sent ahead of the pace.
        jitter_ms: each frame is late by up to so much, drawn from the seed.
        faults: what goes wrong, in this order; each says itself which streams it meets, by count
            or by chance (see `fake_groq.faults.base`).
        pauses: (at, length) of the zeros inside the speech; they count towards its length.
    """

    pace: str = "real-time"
    timing: Timing | None = None
    first_audio_ms: float = 120.0
    header_ms: float = 60.0
    end_marker: EndMarker = DEFAULT_END_MARKER
    marker_order: Order = "after"
    after_marker: str = "close"
    ms_per_character: float = 20.0
    frame_samples: int = FRAME_SAMPLES
    mark: Mark = "exact"
    wav_header: str = "ffmpeg"
    header_alone: bool = True
    lead_ms: float = 0.0
    jitter_ms: float = 0.0
    pauses: Pauses = ()
    faults: tuple[Fault, ...] = ()

    @property
    def speed(self) -> float | None:
        """How many times faster than real time the audio is sent; None for no pace at all."""
        return _speed(self.pace)

    @property
    def ending(self) -> Ending:
        """How a speech ends on a WebSocket that is not a preset's."""
        follow, close_code = parse_follow(self.after_marker)
        return Ending(
            units=self.end_marker.units,
            label=str(self.end_marker),
            order=self.marker_order,
            follow=follow,
            close_code=close_code,
        )


DEFAULT_BEHAVIOUR: Final = Behaviour()


def read_behaviour(partial: object, base: Behaviour) -> Behaviour:
    """Return `base` with the keys of `partial` put in their place.

    Raises:
        SettingError: a key is unknown (the nearest is named) or a value wrong.
    """
    return replace(base, **read(partial, _READERS, "a behaviour"))


def written_behaviour(behaviour: Behaviour) -> dict[str, object]:
    """Return a behaviour as JSON has it: `read_behaviour` makes the same of it."""
    written = {setting.name: getattr(behaviour, setting.name) for setting in fields(behaviour)}
    written["end_marker"] = str(behaviour.end_marker)
    written["pauses"] = [list(pause) for pause in behaviour.pauses]
    written["faults"] = [{"name": fault.name, **asdict(fault)} for fault in behaviour.faults]
    return written


def _speed(pace: str) -> float | None:
    if pace in ("real-time", "max"):
        return 1.0 if pace == "real-time" else None
    found = _PACE.fullmatch(pace)
    return float(found[1]) if found else 0.0


def _pace(key: str, value: object) -> str:
    speed = _speed(value) if isinstance(value, str) else 0.0
    if isinstance(value, str) and (speed is None or 0 < speed <= SPEED_MAX):
        return value
    raise SettingError(f'{key!r} is "real-time", "max" or a number as in "8x", not {value!r}.')


def _marker(key: str, value: object) -> EndMarker:
    if not isinstance(value, str):
        raise SettingError(f"{key!r} is written as in text:__END__, not {value!r}.")
    try:
        return parse_end_marker(value)
    except EndMarkerError as error:
        raise SettingError(str(error)) from error


def _after_marker(key: str, value: object) -> str:
    try:
        parse_follow(value if isinstance(value, str) else repr(value))
    except EndMarkerError as error:
        raise SettingError(f"{key!r}: {error}") from error
    return str(value)


def _pauses(key: str, value: object) -> Pauses:
    if not isinstance(value, list) or len(value) > PAUSES_MAX:
        raise SettingError(f"{key!r} is a list of at most {PAUSES_MAX} [at_ms, length_ms].")
    pauses = []
    free_from_ms = 0.0
    for pause in value:
        if not isinstance(pause, list) or len(pause) != 2:
            raise SettingError(f"A pause is written [at_ms, length_ms], not {pause!r}.")
        at_ms, length_ms = milliseconds(key, pause[0]), milliseconds(key, pause[1])
        if at_ms < free_from_ms:
            raise SettingError(f"The pause at {at_ms:g} ms begins before the one before it ends.")
        free_from_ms = at_ms + length_ms
        pauses.append((at_ms, length_ms))
    return tuple(pauses)


def _faults(key: str, value: object) -> tuple[Fault, ...]:
    if not isinstance(value, list) or len(value) > FAULTS_MAX:
        raise SettingError(f"{key!r} is a list of at most {FAULTS_MAX} faults.")
    try:
        return tuple(map(parse_fault, value))
    except FaultError as error:
        raise SettingError(str(error)) from error


_READERS: Final[dict[str, Reader]] = {
    "pace": _pace,
    "timing": or_null(one_of(*get_args(Timing))),
    "first_audio_ms": milliseconds,
    "header_ms": milliseconds,
    "end_marker": _marker,
    "marker_order": one_of(*get_args(Order)),
    "after_marker": _after_marker,
    "ms_per_character": milliseconds,
    "frame_samples": whole(range(SAMPLES_PER_MS, SAMPLE_RATE + 1)),
    "mark": one_of(*get_args(Mark)),
    "wav_header": one_of(*WAV_HEADERS),
    "header_alone": flag,
    "lead_ms": milliseconds,
    "jitter_ms": milliseconds,
    "pauses": _pauses,
    "faults": _faults,
}

assert set(_READERS) == {setting.name for setting in fields(Behaviour)}
