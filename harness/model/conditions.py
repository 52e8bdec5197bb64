"""What the links of a lane did to traffic: fault windows, and what the canary met on them."""

from dataclasses import dataclass, field

from harness.model.units import NS_PER_MS

RESET_SEEN_NS = 100 * NS_PER_MS  # how long after the heal a reset may still be noted


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultWindow:
    """A network fault on one link of a lane; ``until_ns`` is None while it lasts."""

    fault: str
    link: str
    from_ns: int
    until_ns: int | None = None
    can_lose_bytes: bool = False

    def touches(self, from_ns: int, until_ns: int) -> bool:
        """Tell whether the fault was active at any moment of the window."""
        return self.from_ns <= until_ns and (self.until_ns is None or self.until_ns >= from_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryEnd:
    """How a connection of the canary ended, as the canary or its echo saw it: rst or fin."""

    link: str
    seen_by: str
    how: str
    at_ns: int


@dataclass(slots=True, kw_only=True)
class Conditions:
    """What the links of a lane did to traffic: fault windows, and what the canary met.

    ``round_trips`` holds (link, sent_ns, rtt_ns) in the order of arrival; ``bulk_trips`` those of
    pings as large as a chunk of audio (``bulk_bytes``), which a narrow link holds for longer.
    """

    windows: list[FaultWindow] = field(default_factory=list)
    round_trips: list[tuple[str, int, int]] = field(default_factory=list)
    bulk_trips: list[tuple[str, int, int]] = field(default_factory=list)
    bulk_bytes: int = 0
    ends: list[CanaryEnd] = field(default_factory=list)

    def may_lose(self, link: str, from_ns: int, until_ns: int) -> bool:
        """Tell whether a fault that can cut or lose bytes was on the link in the window."""
        return bool(self.windows) and any(
            window.link == link and window.can_lose_bytes and window.touches(from_ns, until_ns)
            for window in self.windows
        )

    def was_reset(self, link: str, at_ns: int) -> bool:
        """Tell whether a connection that ended at this moment was reset by our own fault."""
        return self.has_fault("network_reset", link, at_ns - RESET_SEEN_NS, at_ns)

    def has_fault(self, fault: str, link: str, from_ns: int, until_ns: int) -> bool:
        """Tell whether this fault was on the link at any moment of the window."""
        return bool(self.windows) and any(
            window.link == link and window.fault == fault and window.touches(from_ns, until_ns)
            for window in self.windows
        )

    def is_stalled(self, link: str, from_ns: int, until_ns: int) -> bool:
        """Tell whether the link was a black hole at any moment of the window."""
        return self.has_fault("network_stall", link, from_ns, until_ns)

    def delay_ms(self, link: str, from_ns: int, until_ns: int) -> float:
        """Return the one-way delay of the link that the canary proves, in ms; 0 without a fault."""
        if not self.windows:
            return 0.0
        if not any(w.link == link and w.touches(from_ns, until_ns) for w in self.windows):
            return 0.0
        near = [
            rtt_ns
            for trips in (self.round_trips, self.bulk_trips)
            for name, sent_ns, rtt_ns in trips
            if name == link and sent_ns + rtt_ns >= from_ns and sent_ns <= until_ns
        ]
        return max(near, default=0) / 2 / NS_PER_MS

    def path_delay_ms(self, from_ns: int, until_ns: int) -> float:
        """Return the proven one-way delay from the upstream to the client, in ms."""
        if not self.windows:
            return 0.0
        upstream_ms = self.delay_ms("upstream", from_ns, until_ns)
        return upstream_ms + self.delay_ms("client", from_ns, until_ns)

    def stalled_ms(self, from_ns: int, until_ns: int, *, link: str | None = None) -> float:
        """Return for how long of the window a link was a black hole, in ms; None adds up all."""
        if not self.windows:
            return 0.0
        return sum(
            (min(window.until_ns or until_ns, until_ns) - max(window.from_ns, from_ns)) / NS_PER_MS
            for window in self.windows
            if window.fault == "network_stall"
            and link in (None, window.link)
            and window.touches(from_ns, until_ns)
        )

    def round_trip_ns(self, link: str, at_ns: int) -> int | None:
        """Return the canary's round trip on the link around ``at_ns``; None without a canary."""
        before = after = None
        for name, sent_ns, rtt_ns in reversed(self.round_trips):
            if name != link:
                continue
            if sent_ns <= at_ns:
                before = rtt_ns
                break
            after = rtt_ns
        near = [rtt for rtt in (before, after) if rtt is not None]
        return max(near) if near else None
