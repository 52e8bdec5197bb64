"""The contract of an adapter: what it can send, what it can see, and nothing of sockets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from harness.model.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One WebSocket message to send; text when ``is_text``, else binary."""

    payload: bytes
    is_text: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSeen:
    """A message's start signal, and what it says of the audio, where it does."""

    message: int
    format: str | None = None
    sample_rate: int | None = None
    channels: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioSeen:
    """PCM, s16le at 24 kHz; ``message`` is whose it is by the protocol, None if it does not say."""

    pcm: bytes
    message: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSeen:
    """A message's end signal, with its reason in the platform's own word."""

    message: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorSeen:
    """An error frame; ``message`` is None when it names none."""

    message: int | None
    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StraySeen:
    """A signal that names something which is not of this session."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSeen:
    """A well-formed frame of no concern (metrics, captions)."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidSeen:
    """A frame that the protocol does not allow; ``text`` says why."""

    text: str


Seen = StartSeen | AudioSeen | EndSeen | ErrorSeen | StraySeen | OtherSeen | InvalidSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """Which operations the protocol has."""

    stop: bool = True
    ping_fence: bool = True
    message_ids: bool = True
    user_key: bool = True


class Adapter(Protocol):
    """One session's translator; made anew for each connection."""

    abilities: Abilities

    @property
    def session_id(self) -> str:
        """Return the session in the platform's own words: its hooks and its log name it so."""
        ...

    @property
    def forbidden(self) -> Mapping[str, tuple[Frame, ...]]:
        """Return what a client may not send, by name; none of it breaks WebSocket itself."""
        ...

    def url(self, base: str, *, user: str | None = None) -> str:
        """Return the URL that opens this session, for the user of that key if one is given."""
        ...

    def speak(self, message: int, text: str) -> tuple[Frame, ...]:
        """Return the frames that ask for speech."""
        ...

    def stop(self) -> tuple[Frame, ...]:
        """Return the frames that command silence."""
        ...

    def receive(self, frame: Frame) -> tuple[Seen, ...]:
        """Return what one frame from the platform says."""
        ...


class AdapterFactory(Protocol):
    """Makes the adapter of one session."""

    def __call__(self, session: int) -> Adapter:
        """Return the adapter for session number ``session``."""
        ...

    def numbers_of(self, session: str, message: str | None) -> tuple[int | None, int | None]:
        """Return session and message number of names in the platform's words; None for strangers.

        Raises nothing: what a log says may be anything.
        """
        ...


ADAPTERS: Registry[AdapterFactory] = Registry("harness.adapters", "adapter")
