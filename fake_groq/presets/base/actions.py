"""What a preset answers with, and what it knows of the opening of its socket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from fake_groq.end_markers import NORMAL_CLOSURE, Ending


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
        complaint: what the client did wrong, for the ledger; empty where it did nothing.
    """

    frames: tuple[Frame, ...]
    waits: bool = False
    context: str = ""
    complaint: str = ""


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
    """How a socket was opened: the query of its address, and which connection it is."""

    query: Mapping[str, str] = field(default_factory=dict)
    number: int = 1
