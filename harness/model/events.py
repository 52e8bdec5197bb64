"""What can be seen to happen: the envelope of every event, and the data of the kinds we read.

The envelope is version 1 and frozen. ``data`` stays raw bytes and is decoded only for kinds that
somebody reads; kinds that nobody knows are kept and ignored.
"""

import msgspec

ENVELOPE_VERSION = 1

Run = tuple[int, int, int]
"""(stream key, first sample, count of samples): who made these samples, and where they lay."""


class Event(msgspec.Struct, frozen=True, gc=False):
    """One observation: when, by whom, of which session, message and upstream stream."""

    v: int
    seq: int
    at_ns: int
    clock: str
    source: str
    kind: str
    session: str | None = None
    message: str | None = None
    stream: int | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


class AudioData(msgspec.Struct, frozen=True, gc=False):
    """One binary frame at the client: counts and runs, no samples."""

    bytes: int = 0
    runs: tuple[Run, ...] = ()
    zeros: int = 0
    foreign: int = 0
    odd: int = 0


class SentData(msgspec.Struct, frozen=True, gc=False):
    """One frame that the upstream wrote."""

    exchange: int
    runs: tuple[Run, ...] = ()
    zeros: int = 0
    bytes: int = 0


class OpenedData(msgspec.Struct, frozen=True):
    """A synthesis request that the upstream accepted.

    A ``harmless`` fault leaves the speech whole and its end as declared.
    """

    exchange: int
    socket: int
    profile: str = "ws"
    identities: tuple[tuple[int, int, int], ...] = ()
    mixed: bool = False
    count: int = 0
    total_samples: int = 0
    fault: str | None = None
    harmless: bool = False


class StreamEndData(msgspec.Struct, frozen=True):
    """How an upstream stream came to its end: fields that do not apply keep their default."""

    exchange: int
    socket: int | None = None
    marker: str | None = None
    how: str | None = None
    by: str | None = None
    fault: str | None = None
    status: int | None = None


class SocketData(msgspec.Struct, frozen=True):
    """One TCP connection at the upstream."""

    socket: int
    by: str | None = None
    how: str | None = None
    peer_port: int | None = None


class EndData(msgspec.Struct, frozen=True):
    """An end signal or an error at the client."""

    reason: str | None = None
    code: str | None = None
    text: str | None = None


class StartData(msgspec.Struct, frozen=True):
    """A start signal at the client: what it says of the audio that follows, where it does."""

    format: str | None = None
    sample_rate: int | None = None
    channels: int | None = None


class CleanupData(msgspec.Struct, frozen=True):
    """A call of the cleanup hook, or its answer: ``call`` of ``times``, from 1.

    ``status`` is the HTTP status of the answer, 0 where there was none.
    """

    call: int
    times: int = 1
    at_once: bool = False
    status: int = 0
    text: str = ""


class InvalidData(msgspec.Struct, frozen=True):
    """Something forbidden that we sent; a ``fatal`` one breaks the protocol below the messages."""

    invalid: str
    fatal: bool = False


class HookData(msgspec.Struct, frozen=True, kw_only=True):
    """What the SUT's own hook says that it holds."""

    lane: str
    held: dict[str, float] = {}


class SpeakData(msgspec.Struct, frozen=True):
    """A speak of ours: of how many sentences and characters."""

    sentences: int = 1
    characters: int = 0


class ConnectedData(msgspec.Struct, frozen=True):
    """An open client connection: the round trip of a ping while nothing else happened."""

    rtt_ms: float = 0.0
    user: str | None = None


class StopData(msgspec.Struct, frozen=True):
    """A command of ours and the fence behind it: ``command`` is the seq of its event."""

    fence: str
    command: int = -1


class LeftData(msgspec.Struct, frozen=True):
    """How a client connection ended."""

    how: str


class FloodData(msgspec.Struct, frozen=True):
    """What one session had been sent when its driver hung up, since no speech is that long."""

    frames: int
    bytes: int


class ScenarioData(msgspec.Struct, frozen=True):
    """A scenario that starts: everything that ties its sessions to a lane."""

    run: str
    scenario: str
    lane: str
    isolation: str
    sessions: tuple[str, ...] = ()
    retry_of: str | None = None


class LaneData(msgspec.Struct, frozen=True):
    """A lane (one SUT instance and its two proxies) that opens, loses its SUT, or closes."""

    lane: str
    exit_code: int | None = None


class FaultData(msgspec.Struct, frozen=True):
    """A network fault that starts or heals."""

    fault: str
    link: str
    lane: str
    run: str = ""
    parameters: dict[str, float] = {}
    can_lose_bytes: bool = False


class CanaryData(msgspec.Struct, frozen=True):
    """One round trip of the canary through the twin of a link."""

    lane: str
    link: str
    sent_ns: int
    rtt_ms: float
    size_bytes: int = 8


class CanaryEndData(msgspec.Struct, frozen=True):
    """How a connection of the canary ended: rst, fin, refused, or none for one that is the first.

    Of ``canary_lost`` the canary's own end, of ``canary_back`` the echo's end of the one before.
    """

    lane: str
    link: str
    how: str


class LagData(msgspec.Struct, frozen=True):
    """The worst lateness of our own timer in the window that ends with this event."""

    max_ms: float
    window_ms: float = 250.0


class ProcessData(msgspec.Struct, frozen=True):
    """One look at the SUT's process tree."""

    lane: str
    sockets: int = 0
    upstream_sockets: int = 0
    descriptors: int = 0
    threads: int = 0
    rss_bytes: int = 0
    run_delay_ms: float = 0.0
    cpu_ms: float = 0.0
    window_ms: float = 0.0
