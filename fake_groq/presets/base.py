"""What a preset is: one protocol on a WebSocket, from frames to actions and back. Pure.

A file of this folder holds one subclass of `Preset` with the decorator `preset`; its name is that
of the file. An instance is one socket. It is told what the client sends and answers with actions;
it frames the audio, and says which frames end a speech. When audio is due, what the faults do to
it, and how the connection is closed is not its business.

Each is served at its own paths and below `/presets/NAME`. What is generated is 24 kHz s16le mono,
whatever a client asks for; a protocol that asks for another format is told that it cannot be had.
"""

import base64
import importlib
import json
import pkgutil
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import blake2b
from typing import Any, ClassVar, Final, Literal, TypeVar
from uuid import UUID

import fake_groq.presets
from fake_groq.answers import GroqError
from fake_groq.end_markers import INTERNAL_ERROR, NORMAL_CLOSURE, POLICY_VIOLATION, Ending, Unit

PREFIX: Final = "/presets/"
SAMPLE_RATE: Final = 24_000
INPUT_CHARACTERS_MAX: Final = 10_000  # of what is spoken at once
CONTEXTS_MAX: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message to the client."""

    kind: Literal["text", "binary"]
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Send frames now, also in the middle of a speech.

    Attributes:
        waits: whether they come when all speeches before them are over.
        context: the utterance that they belong to while they wait; a cancel forgets them.
    """

    frames: tuple[Frame, ...]
    waits: bool = False
    context: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """Speak a text when those before it are over.

    Attributes:
        ending: what the client is told behind the audio; None for what the behaviour says.
        context: the utterance that it belongs to, for cancels; empty where a socket has only one.
        before: frames that come with the acceptance, before all audio.
    """

    text: str
    ending: Ending | None = None
    context: str = ""
    before: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Stop speaking now and forget what waits: of one context, or all of it where that is None.

    Attributes:
        frames: sent when it has stopped.
        idle_frames: sent where nothing was to be stopped.
    """

    context: str | None = None
    frames: tuple[Frame, ...] = ()
    idle_frames: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Send frames and close when all speeches are over, or at once.

    Attributes:
        reason: what the close frame says besides its code; at most 123 bytes.
        complaint: what the client did wrong, for the ledger; empty where it did nothing.
    """

    code: int = NORMAL_CLOSURE
    reason: str = ""
    frames: tuple[Frame, ...] = ()
    is_urgent: bool = False
    complaint: str = ""


Action = Say | Speak | Cancel | Leave
Actions = tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a socket was opened: the path behind the host, its query, its headers (lower case)."""

    path: str = "/"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    number: int = 1


class Preset(ABC):
    """One socket of a protocol.

    Attributes:
        path: a regular expression of the paths at which clients expect it; empty for none.
        source: where its maker documents it.
        subprotocols: what it offers in the upgrade.
    """

    name: ClassVar[str] = ""
    path: ClassVar[str] = ""
    source: ClassVar[str] = ""
    subprotocols: ClassVar[tuple[str, ...]] = ()

    def __init__(self, opening: Opening) -> None:
        self.opening = opening

    def greet(self) -> Actions:
        """Return what comes before the client has said anything."""
        return ()

    @abstractmethod
    def hear(self, message: str | bytes) -> Actions:
        """Return what follows from a message of the client."""

    def wrap(self, pcm: bytes, context: str) -> Frame:
        """Return the frame for some audio: bare bytes, unless the protocol has others."""
        return Frame(kind="binary", data=pcm)

    def refuse(self, error: GroqError, context: str) -> Actions:
        """Return how it says that a speech has failed; `status` is that of an HTTP answer."""
        message = {"type": "error", "message": error.message}
        trouble = Trouble(error.message, status=error.status, is_misuse=False)
        return thrown_out(trouble, said(message))

    def over(self, context: str) -> None:
        """Hear that a speech has ended, or was stopped or refused."""

    def idle_s(self) -> float | None:
        """Return after how long without a word of the client it closes; None for never."""
        return None

    def idle(self) -> Actions:
        """Return what it does then."""
        return (Leave(code=NORMAL_CLOSURE, is_urgent=True),)


class Trouble(Exception):
    """Something that a client has to be told; the text says what is wrong.

    Attributes:
        status: the one of HTTP that is nearest.
        code: the protocol's own name for it, where it has one.
        context: the utterance that it is about.
        is_misuse: whether the client did it, and not the fake.
    """

    def __init__(
        self,
        sentence: str,
        *,
        status: int = 400,
        code: str = "",
        context: str = "",
        is_misuse: bool = True,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.context = context
        self.is_misuse = is_misuse

    @property
    def close_code(self) -> int:
        """How a WebSocket is closed for it, where the protocol says nothing else."""
        return INTERNAL_ERROR if self.status >= 500 else POLICY_VIOLATION


class JsonPreset(Preset):
    """A protocol in which the client says JSON objects, in text messages."""

    def greet(self) -> Actions:
        """Return what the welcome comes to."""
        return self._answered(self.welcome)

    def hear(self, message: str | bytes) -> Actions:
        """Return what the answer to a JSON object comes to."""
        return self._answered(lambda: self.answer(_object_of(message)))

    def welcome(self) -> Actions:
        """Return what comes before the client has said anything.

        Raises:
            Trouble: what the opening asks for cannot be had.
        """
        return ()

    @abstractmethod
    def answer(self, message: dict[str, Any]) -> Actions:
        """Return what follows from a message of the client.

        Raises:
            Trouble: it is none of the protocol, or comes at the wrong time.
        """

    @abstractmethod
    def tell(self, trouble: Trouble) -> Actions:
        """Return how the protocol says that something is wrong."""

    def refuse(self, error: GroqError, context: str) -> Actions:
        """Tell it as any other trouble."""
        return self.tell(
            Trouble(error.message, status=error.status, context=context, is_misuse=False)
        )

    def _answered(self, answer: Callable[[], Actions]) -> Actions:
        try:
            return answer()
        except Trouble as trouble:
            return self.tell(trouble)


class Texts:
    """Pieces of text that wait until they are to be spoken, by context."""

    def __init__(self) -> None:
        self._pieces: dict[str, list[str]] = {}

    def __contains__(self, context: str) -> bool:
        """Return whether a context has been opened and not been taken."""
        return context in self._pieces

    def __iter__(self) -> Iterator[str]:
        """Return the contexts that are open, the oldest first."""
        return iter(tuple(self._pieces))

    def __len__(self) -> int:
        """Return how many contexts are open."""
        return len(self._pieces)

    def add(self, piece: str, context: str = "") -> None:
        """Put a piece behind those of its context, which is opened if need be.

        Raises:
            Trouble: that is more than can be spoken at once, or one context too many.
        """
        if context not in self._pieces and len(self._pieces) >= CONTEXTS_MAX:
            raise Trouble(f"at most {CONTEXTS_MAX} contexts can be open", context=context)
        pieces = self._pieces.setdefault(context, [])
        if sum(map(len, pieces)) + len(piece) > INPUT_CHARACTERS_MAX:
            raise Trouble(f"text must be at most {INPUT_CHARACTERS_MAX} characters")
        if piece:
            pieces.append(piece)

    def take(self, context: str = "") -> str:
        """Return the text of a context and forget it; empty where only blanks are to be spoken.

        Many clients put a blank behind each piece, so those at the end are left out.
        """
        text = "".join(self._pieces.pop(context, ())).rstrip(" ")
        return text if text.strip() else ""


def thrown_out(
    trouble: Trouble, *frames: Frame, code: int | None = None, reason: str = ""
) -> Actions:
    """Return that a client is told of its trouble, and the socket closed at once."""
    return (
        Leave(
            code=trouble.close_code if code is None else code,
            reason=reason,
            frames=frames,
            is_urgent=True,
            complaint=str(trouble) if trouble.is_misuse else "",
        ),
    )


def require(name: str, asked: object, *had: object) -> None:
    """Refuse an encoding, a rate or the like that cannot be had; None asks for nothing.

    Raises:
        Trouble: it is not one of `had`.
    """
    if asked is not None and asked not in had:
        raise Trouble(f"{name} must be {had[0]}, which is all that can be had, not {asked!r:.60}")


def said(message: Mapping[str, Any]) -> Frame:
    """Return a JSON message."""
    return Frame(kind="text", data=_json(message))


def marker(*messages: Mapping[str, Any], close_code: int | None = None) -> Ending:
    """Return the ending that consists of these JSON messages, and of a close if there is a code."""
    units = tuple(Unit(how="text", data=_json(message)) for message in messages)
    ending = Ending(units=units or (Unit(how="nothing"),))
    if close_code is None:
        return ending
    return replace(ending, follow="close", close_code=close_code)


def audio_text(pcm: bytes) -> str:
    """Return audio as it stands in JSON: base64."""
    return base64.b64encode(pcm).decode("ascii")


def read_json(message: str | bytes) -> dict[str, Any] | None:
    """Return the JSON object of a message; None where it holds none.

    A lone surrogate is no character, so what holds one is no JSON either (RFC 8259, 8.2).
    """
    try:
        found = json.loads(message)
        if "\\u" in str(message):
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def text_in(message: Mapping[str, Any], key: str) -> str | None:
    """Return the string under a key; None where there is none."""
    found = message.get(key)
    return found if isinstance(found, str) else None


def object_in(message: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return the object under a key; an empty one where there is none."""
    found = message.get(key)
    return found if isinstance(found, dict) else {}


def identifier(opening: Opening, *parts: object) -> str:
    """Return an id in the shape of a UUID: the same for the same socket and parts."""
    digest = blake2b(repr((opening.number, *parts)).encode(), digest_size=16).hexdigest()
    return str(UUID(digest))


def _json(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _object_of(message: str | bytes) -> dict[str, Any]:
    found = read_json(message) if isinstance(message, str) else None
    if found is None:
        raise Trouble("invalid JSON")
    return found


_PRESETS: dict[str, type[Preset]] = {}
_PresetType = TypeVar("_PresetType", bound=type[Preset])


def preset(member: _PresetType) -> _PresetType:
    """Register a preset under the name of its file."""
    member.name = member.__module__.rpartition(".")[2]
    _PRESETS[member.name] = member
    return member


@cache
def known_presets() -> dict[str, type[Preset]]:
    """Return all presets of the folder by their names, sorted."""
    for found in pkgutil.iter_modules(fake_groq.presets.__path__, "fake_groq.presets."):
        name = found.name.rpartition(".")[2]
        if name != "base":
            importlib.import_module(found.name)
            assert name in _PRESETS, f"{found.name} registers no preset."
    return dict(sorted(_PRESETS.items()))


def preset_at(path: str) -> type[Preset] | None:
    """Return the preset that is served at a path."""
    members = known_presets()
    if path.startswith(PREFIX):
        return members.get(path.removeprefix(PREFIX).partition("/")[0])
    served = (m for m in members.values() if m.path and re.fullmatch(m.path, path))
    return next(served, None)
