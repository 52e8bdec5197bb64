"""Outside evidence that a network fault bit, taken from the trace and not from the proxy's word.

Latency: the median round trip of the canary through the twin of the link, against the other link.
A stall: pings that the canary sent into the window came back only after it, every byte of them.
"""

from collections.abc import Iterable

from harness.judging.environment import Environments
from harness.model.events import FaultData
from harness.model.units import NS_PER_MS, ms, ns
from harness.model.verdict import Receipt
from harness.model.views import Conditions, FaultWindow

LINKS = ("client", "upstream")
HEALING_NS = 100 * NS_PER_MS  # held bytes pass while the fault is taken away, before it is noted


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
    measure = {"network_latency": _latency, "network_stall": _stall}.get(fault.fault)
    has_bitten, sentence = measure(conditions, window, fault) if measure else (False, "no measure")
    return Receipt(
        fault=fault.fault,
        link=fault.link,
        lane=fault.lane,
        has_bitten=has_bitten,
        sentence=sentence,
    )


def _trips_ms(
    conditions: Conditions, link: str, from_ns: int, until_ns: int
) -> list[tuple[int, float]]:
    return [
        (sent_ns, ms(rtt_ns))
        for name, sent_ns, rtt_ns in conditions.round_trips
        if name == link and from_ns <= sent_ns <= until_ns
    ]


def _latency(conditions: Conditions, window: FaultWindow, fault: FaultData) -> tuple[bool, str]:
    wanted = 2 * fault.parameters.get("latency_ms", 0.0)
    until_ns = window.until_ns or 1 << 62
    inside = _median(_trips_ms(conditions, window.link, window.from_ns, until_ns))
    other = next(link for link in LINKS if link != window.link)
    beside = _median(_trips_ms(conditions, other, window.from_ns, until_ns))
    if inside is None or beside is None:
        return False, "no canary round trip fell into the window"
    text = (
        f"canary round trip {inside:.1f} ms through the fault, {beside:.1f} ms beside it,"
        f" {wanted:.0f} ms asked"
    )
    return inside >= beside + 0.8 * wanted, text


def _stall(conditions: Conditions, window: FaultWindow, fault: FaultData) -> tuple[bool, str]:
    if window.until_ns is None:
        return False, "the stall was not healed before the record ended"
    inside = _trips_ms(conditions, window.link, window.from_ns, window.until_ns)
    let_go_ns = window.until_ns - HEALING_NS
    held = [(sent, trip) for sent, trip in inside if sent + ns(trip) >= let_go_ns]
    wanted = fault.parameters.get("duration_ms", ms(window.until_ns - window.from_ns))
    worst = max((trip for _, trip in held), default=0.0)
    text = (
        f"{len(held)} of {len(inside)} canary pings were held until the heal, the longest"
        f" {worst:.0f} ms of {wanted:.0f} ms"
    )
    return worst >= 0.6 * wanted, text


def _median(trips: list[tuple[int, float]]) -> float | None:
    values = sorted(trip for _, trip in trips)
    return values[len(values) // 2] if values else None
