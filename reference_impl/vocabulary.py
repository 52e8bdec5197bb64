"""The words of the message stream: what can happen (inputs) and what to do about it (commands)."""

from dataclasses import dataclass
from enum import Enum


class EndReason(Enum):
    """The reasons of `stream.end`, in the words of the protocol."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    SUPERSEDED = "superseded"
    UPSTREAM_ERROR = "upstream_error"
    TIMEOUT = "timeout"
    CLEANUP = "cleanup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What went wrong, as the client is told: a code for programs, a sentence for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an upstream stream ended; `failure`, where there is one, is told before the end."""

    reason: EndReason
    failure: Failure | None = None


# ------------------------------------------------------------------------------------- the inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """The client wants `text` to be spoken."""

    message_id: str
    text: str
    voice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The client wants silence; with a message id, only of that message."""

    message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanUpNow:
    """Somebody calls the cleanup from outside; the session goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retire:
    """The relay ends the session and closes the client's connection with this close code."""

    close_code: int
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLeft:
    """The client's connection is gone, or as good as gone."""

    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinged:
    """A WebSocket PING of the client, answered in its turn among the client's commands."""

    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The client sent something that is not legal."""

    message_id: str | None
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioArrived:
    """Whole PCM samples for the message of this exchange."""

    exchange: int
    pcm: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamEnded:
    """The upstream side of this exchange is over; no audio of it follows."""

    exchange: int
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """Everything queued for the client before `AwaitDrain` has been written."""

    exchange: int


FromExchange = AudioArrived | UpstreamEnded | Drained
Input = Speak | Stop | CleanUpNow | Retire | ClientLeft | Pinged | Rejected | FromExchange


# ----------------------------------------------------------------------------------- the commands


@dataclass(frozen=True, slots=True, kw_only=True)
class SendStart:
    """Tell the client that the audio of this message follows."""

    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAudio:
    """Pass these samples to the client."""

    pcm: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SendError:
    """Tell the client what went wrong; ends nothing."""

    message_id: str | None
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class SendEnd:
    """The end signal. Made in `MessageStream.end` and nowhere else."""

    message_id: str
    reason: EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPong:
    """Answer a PING."""

    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenUpstream:
    """Request the speech of this message; what comes of it is marked with `exchange`."""

    exchange: int
    message: Speak


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseUpstream:
    """Let go of the upstream stream that has ended; audio for the client stays queued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitDrain:
    """Report `Drained` when all that is queued for the client has been written."""

    exchange: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanUp:
    """Release the upstream, drop unwritten audio, log the call.

    `call` counts the cleanups of this message from 1; `effective` says whether the message was
    open, so every call after the first that found it open is without effect.
    """

    message_id: str | None
    cause: str
    call: int
    effective: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseClient:
    """Let the queued frames go out, then close the client's connection."""

    close_code: int
    cause: str


Command = (
    SendStart
    | SendAudio
    | SendError
    | SendEnd
    | SendPong
    | OpenUpstream
    | ReleaseUpstream
    | AwaitDrain
    | CleanUp
    | CloseClient
)
