"""Outside evidence that a network fault bit, taken from the trace and not from the proxy's word.

Latency: the median round trip of the canary through the twin of the link, against the other link.
A stall: pings that the canary sent into the window came back only after it, every byte of them.
Bandwidth: the same for pings as large as a chunk of audio. A reset: connections of the canary that
ended by RST, and how its echo saw them end.
"""

from collections.abc import Callable, Iterable

from harness.judging.environment import Environments
from harness.model.conditions import CanaryEnd, Conditions, FaultWindow
from harness.model.events import FaultData
from harness.model.units import NS_PER_MS, ms
from harness.model.verdict import Receipt

LINKS = ("client", "upstream")
OPEN_NS = 1 << 62  # the end of a window that lasts
HEALING_NS = 100 * NS_PER_MS  # held bytes pass while the fault is taken away, before it is noted
BITTEN = 0.5  # of what was asked: both medians move by tens of ms where the machine is busy
HELD_MS = 50.0  # longer than a ping takes that nothing holds


def receipts(environments: Environments, faults: list[FaultData]) -> tuple[Receipt, ...]:
    """Return a receipt for each lane and link of a fault: of the best of its windows."""
    made: dict[tuple[str, str, str], Receipt] = {}
    for fault in faults:
        key = (fault.lane, fault.link, fault.fault)
        conditions = environments.conditions(fault.lane)
        for window in conditions.windows:
            if window.fault != fault.fault or window.link != fault.link:
                continue
            receipt = _receipt(conditions, window, fault)
            if key not in made or not made[key].has_bitten:
                made[key] = receipt
    return tuple(made[key] for key in sorted(made))


def runs_without(made: Iterable[Receipt], faults: list[FaultData]) -> frozenset[str]:
    """Return the scenario runs with a fault that left no receipt: nobody knows what it did."""
    unproven = {(one.lane, one.link, one.fault) for one in made if not one.has_bitten}
    return frozenset(
        fault.run for fault in faults if (fault.lane, fault.link, fault.fault) in unproven
    )


def _receipt(conditions: Conditions, window: FaultWindow, fault: FaultData) -> Receipt:
    measure = MEASURES.get(fault.fault)
    has_bitten, sentence = measure(conditions, window, fault) if measure else (False, "no measure")
    return Receipt(
        fault=fault.fault,
        link=fault.link,
        lane=fault.lane,
        has_bitten=has_bitten,
        sentence=sentence,
    )


def _trips_ms(
    trips: list[tuple[str, int, int]], link: str, window: FaultWindow
) -> list[tuple[int, float]]:
    until_ns = window.until_ns or OPEN_NS
    return [
        (sent_ns, ms(rtt_ns))
        for name, sent_ns, rtt_ns in trips
        if name == link and window.from_ns <= sent_ns <= until_ns
    ]


def _latency(conditions: Conditions, window: FaultWindow, fault: FaultData) -> tuple[bool, str]:
    wanted = 2 * fault.parameters.get("latency_ms", 0.0)
    return _compared(conditions.round_trips, window, wanted, what="canary round trip")


def _bandwidth(conditions: Conditions, window: FaultWindow, fault: FaultData) -> tuple[bool, str]:
    rate = fault.parameters.get("rate_kb_per_s", 0.0)
    wanted = 2 * conditions.bulk_bytes / rate if rate > 0 else 0.0  # kB/s are bytes per ms
    what = f"round trip of {conditions.bulk_bytes} B of the canary"
    return _compared(conditions.bulk_trips, window, wanted, what=what)


def _compared(
    trips: list[tuple[str, int, int]], window: FaultWindow, wanted: float, *, what: str
) -> tuple[bool, str]:
    """Compare the median trip on the disturbed link with that on the other, in ms."""
    inside = _median(_trips_ms(trips, window.link, window))
    other = next(link for link in LINKS if link != window.link)
    beside = _median(_trips_ms(trips, other, window))
    if inside is None or beside is None:
        return False, "no canary round trip fell into the window"
    text = (
        f"{what} {inside:.1f} ms through the fault, {beside:.1f} ms beside it,"
        f" {wanted:.0f} ms asked"
    )
    return wanted > 0 and inside >= beside + BITTEN * wanted, text


def _armed(conditions: Conditions, window: FaultWindow, _fault: FaultData) -> tuple[bool, str]:
    return _ended_by_reset(_ends(conditions, "canary", window), under="the armed link")


def _reset(conditions: Conditions, window: FaultWindow, _fault: FaultData) -> tuple[bool, str]:
    seen = _ends(conditions, "canary", window)
    has_bitten, text = _ended_by_reset(seen, under="the fault")
    last_ns = max((end.at_ns for end in seen), default=window.from_ns)
    echoes = (
        end.how
        for end in conditions.ends
        if end.seen_by == "echo" and end.link == window.link and end.at_ns > last_ns
    )
    peer = next(echoes, "nothing known, none came back")
    return has_bitten and peer == "rst", f"{text}; at the echo the last by {peer}"


def _ends(conditions: Conditions, seen_by: str, window: FaultWindow) -> list[CanaryEnd]:
    until_ns = (window.until_ns or OPEN_NS) + HEALING_NS
    return [
        end
        for end in conditions.ends
        if end.seen_by == seen_by and end.link == window.link
        if window.from_ns <= end.at_ns <= until_ns
    ]


def _ended_by_reset(ends: list[CanaryEnd], *, under: str) -> tuple[bool, str]:
    resets = sum(end.how == "rst" for end in ends)
    return resets > 0, f"of {len(ends)} canary connections that ended under {under} {resets} by RST"


def _stall(conditions: Conditions, window: FaultWindow, fault: FaultData) -> tuple[bool, str]:
    if window.until_ns is None:
        return False, "the stall was not healed before the record ended"
    inside = _trips_ms(conditions.round_trips, window.link, window)
    wanted = fault.parameters.get("duration_ms", ms(window.until_ns - window.from_ns))
    other = next(link for link in LINKS if link != window.link)
    beside = _median(_trips_ms(conditions.round_trips, other, window)) or 0.0
    worst = max((trip for _, trip in inside), default=0.0)
    held = sum(trip > 2 * beside + HELD_MS for _, trip in inside)
    text = (
        f"{held} of {len(inside)} canary pings were held, the longest {worst:.0f} ms of"
        f" {wanted:.0f} ms; beside it a ping took {beside:.0f} ms"
    )
    return worst >= 0.6 * wanted + 2 * beside, text


def _median(trips: list[tuple[int, float]]) -> float | None:
    values = sorted(trip for _, trip in trips)
    return values[len(values) // 2] if values else None


MEASURES: dict[str, Callable[[Conditions, FaultWindow, FaultData], tuple[bool, str]]] = {
    "network_latency": _latency,
    "network_stall": _stall,
    "network_bandwidth": _bandwidth,
    "network_armed": _armed,
    "network_reset": _reset,
}
