"""How an upstream says on its WebSocket that a speech is over: a table of kinds.

A marker is written `KIND` or `KIND:ARGUMENT`:

    text:__END__        a text message
    json:type=done      a JSON message; several pairs are joined by commas
    close, close:1000   the close frame alone
    empty               an empty binary message
    silence:500         so many ms of zeros
    none                nothing

What follows it is written `close` (with 1000), `close:1011`, `stay`, `reset` or `audio`: the last
of the speech once more.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args

SILENCE_FRAME_MS: Final = 80
BYTES_PER_MS: Final = 48
SILENCE_MS_MAX: Final = 60_000
DIGITS_MAX: Final = 6
CLOSE_CODES: Final = range(1000, 5000)
NORMAL_CLOSURE: Final = 1000
POLICY_VIOLATION: Final = 1008
INTERNAL_ERROR: Final = 1011

Order = Literal["after", "before", "twice"]
Follow = Literal["close", "stay", "reset", "audio"]


class EndMarkerError(ValueError):
    """The end marker is not understood; the text says why and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One thing on the wire: a text, a binary message, a close frame, the last chunk, nothing.

    `lasts_ms` is how long it sounds, so when the next one is due in real time.
    """

    how: Literal["text", "binary", "close", "last chunk", "nothing"]
    data: bytes = b""
    code: int = NORMAL_CLOSURE
    lasts_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMarker:
    """A kind of the table and its argument."""

    kind: str
    argument: str = ""

    def __str__(self) -> str:
        """Return it as it is written in settings."""
        return f"{self.kind}:{self.argument}" if self.argument else self.kind

    @property
    def units(self) -> tuple[Unit, ...]:
        """What is written for it, in order; never empty."""
        return _KINDS[self.kind](self.argument)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a speech ends on a WebSocket.

    Attributes:
        units: the marker; never empty.
        label: its name in the ledger.
        order: behind the audio, before the last of it, or behind it twice.
        follow: what comes then.
        close_code: of the close frame, where one follows.
    """

    units: tuple[Unit, ...]
    label: str = ""
    order: Order = "after"
    follow: Follow = "stay"
    close_code: int = NORMAL_CLOSURE


BODY: Final = Unit(how="last chunk")
BODY_ENDING: Final = Ending(units=(BODY,), label="body")


def parse_end_marker(written: str) -> EndMarker:
    """Return the marker that is written so.

    Raises:
        EndMarkerError: the kind is unknown or its argument wrong.
    """
    kind, _, argument = written.partition(":")
    if kind not in _KINDS:
        near = get_close_matches(kind, _KINDS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise EndMarkerError(
            f"The end marker {written!r} is not one of {', '.join(sorted(_KINDS))}{hint}"
        )
    marker = EndMarker(kind=kind, argument=argument)
    _ = marker.units  # a wrong argument is told now
    return marker


def parse_follow(written: str) -> tuple[Follow, int]:
    """Return what follows the marker, and the close code.

    Raises:
        EndMarkerError: it is none of these.
    """
    kind, _, argument = written.partition(":")
    if kind == "close":
        return "close", _close(argument)[0].code
    for follow in get_args(Follow):
        if written == follow:
            return follow, NORMAL_CLOSURE
    raise EndMarkerError(
        'What follows a marker is "close", "close:1011", "stay", "reset" or "audio",'
        f" not {written!r}."
    )


def _text(argument: str) -> tuple[Unit, ...]:
    if not argument:
        raise EndMarkerError("The end marker 'text' needs its text, as in text:__END__.")
    return (Unit(how="text", data=_encoded(argument)),)


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise EndMarkerError("The end marker holds half of a character.") from error


def _json(argument: str) -> tuple[Unit, ...]:
    message: dict[str, Any] = {}
    for pair in argument.split(","):
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise EndMarkerError(
                f"The end marker 'json:{argument}' needs NAME=VALUE, as in json:type=done."
            )
        message[name] = _literal(value)
    written = json.dumps(message, separators=(",", ":"), ensure_ascii=False)
    return (Unit(how="text", data=_encoded(written)),)


def _literal(value: str) -> object:
    """Return true, false, null and numbers as JSON has them, all else as a string."""
    try:
        literal = json.loads(value)
    except (ValueError, RecursionError):
        return value
    if isinstance(literal, float) and not math.isfinite(literal):
        return value  # JSON has no such number
    return literal if literal is None or isinstance(literal, bool | int | float) else value


def _close(argument: str) -> tuple[Unit, ...]:
    code = _number(argument or "1000", "close", "close:1000")
    if code not in CLOSE_CODES:
        raise EndMarkerError(f"A close code lies between 1000 and 4999, and {code} does not.")
    return (Unit(how="close", code=code),)


def _empty(argument: str) -> tuple[Unit, ...]:
    return _plain(Unit(how="binary"), "empty", argument)


def _none(argument: str) -> tuple[Unit, ...]:
    return _plain(Unit(how="nothing"), "none", argument)


def _silence(argument: str) -> tuple[Unit, ...]:
    left_ms = _number(argument, "silence", "silence:500")
    if not 0 < left_ms <= SILENCE_MS_MAX:
        raise EndMarkerError(f"Silence lasts 1 to {SILENCE_MS_MAX} ms, not {left_ms}.")
    units = []
    while left_ms:
        length_ms = min(left_ms, SILENCE_FRAME_MS)
        left_ms -= length_ms
        units.append(Unit(how="binary", data=bytes(length_ms * BYTES_PER_MS), lasts_ms=length_ms))
    return tuple(units)


def _plain(unit: Unit, kind: str, argument: str) -> tuple[Unit, ...]:
    if argument:
        raise EndMarkerError(f"The end marker {kind!r} takes no argument, so not {argument!r}.")
    return (unit,)


def _number(argument: str, kind: str, example: str) -> int:
    if not (argument.isascii() and argument.isdecimal() and len(argument) <= DIGITS_MAX):
        raise EndMarkerError(f"The end marker {kind!r} takes a number, as in {example}.")
    return int(argument)


_KINDS: Final[dict[str, Callable[[str], tuple[Unit, ...]]]] = {
    "text": _text,
    "json": _json,
    "close": _close,
    "empty": _empty,
    "silence": _silence,
    "none": _none,
}
