"""What a check sees of the whole run: the facts that no single message or session can show."""

from dataclasses import dataclass, field

from harness.model.views import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTimes:
    """One STOP that met live speech: when the three things happened that make it an end.

    ``audio_ns`` is the last audio that came when STOP had reached the SUT, None if none did.
    ``excuse_ms`` is by how much the world around the SUT may have shifted any of them.
    """

    session: str
    message: str
    phase: Phase
    released_ns: int
    audio_ns: int | None
    end_ns: int
    excuse_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRow:
    """One look at what a SUT held: how much it had done by then, and how many sessions were open.

    Sessions done are those whose client was gone.
    """

    at_ns: int
    messages: int
    sessions: int
    open: int = 0
    held: dict[str, float]


@dataclass(slots=True, kw_only=True)
class ResourceSeries:
    """What a lane's SUT held over time; ``spoken_most`` are the messages of the busiest session."""

    lane: str
    rows: list[ResourceRow] = field(default_factory=list)
    spoken_most: int = 0


@dataclass(slots=True, kw_only=True)
class RunView:
    """What only the whole run can show: the STOPs in their order, and what was held over time."""

    stops: list[StopTimes] = field(default_factory=list)
    resources: list[ResourceSeries] = field(default_factory=list)
