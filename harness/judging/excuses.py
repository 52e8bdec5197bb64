"""What excuses a missed deadline: only evidence from outside the SUT, added up as E.

Measured at most the limit: no breach. More than limit + 2 E: a breach. Between: to be tried again
alone. Where the SUT's own tree used more than half of the machine, canary and run-queue delay
excuse nothing, and trying again settles nothing.
"""

from enum import Enum

from harness.judging.environment import Environments, LaneEnvironment
from harness.model.units import NS_PER_MS, ms, ns
from harness.model.verdict import Deadline

SUT_SHARE_MAX = 0.5
USUAL_ROUND_TRIP_MS = 5.0  # a round trip over loopback and the proxy, p99 with 200 streams
USUAL_ROUND_TRIP_NS = ns(USUAL_ROUND_TRIP_MS)


class Judged(Enum):
    """What became of a missed deadline."""

    BREACH = "breach"
    SUSPECT = "suspect"


def excuse_ms(environments: Environments, lane: str, deadline: Deadline) -> float:
    """Return E in ms for the window of the deadline.

    The window ends where the SUT finally acted, or where the limit ran out, whichever is later.
    """
    from_ns, until_ns = deadline.from_ns, max(deadline.until_ns, deadline.from_ns)
    own = max(series.worst_ms(from_ns, until_ns) for series in environments.lags.values())
    around = environments.lanes.get(lane)
    if around is None or is_sut_busy(environments, lane, deadline):
        return own
    return own + _canary_ms(around, from_ns, until_ns) + _run_queue_ms(around, from_ns, until_ns)


def is_sut_busy(environments: Environments, lane: str, deadline: Deadline) -> bool:
    """Tell whether the SUT's own tree used more than half of the machine in the window."""
    around = environments.lanes.get(lane)
    if around is None:
        return False
    share = _sut_share(around, environments, deadline.from_ns, deadline.until_ns)
    return share > SUT_SHARE_MAX


def classify(deadline: Deadline, excuse: float) -> Judged:
    """Return whether a deadline that was missed is a breach or has to be tried again."""
    if deadline.measured_ms > deadline.limit_ms + 2 * excuse * deadline.pace:
        return Judged.BREACH
    return Judged.SUSPECT


def _canary_ms(around: LaneEnvironment, from_ns: int, until_ns: int) -> float:
    """Return how late the canary was beyond what its link's fault explains, in ms.

    A stall is subtracted from each trip, since limits have been extended by it already; a latency
    is in the median.
    """
    conditions = around.conditions
    slow = [
        trip
        for trip in conditions.round_trips
        if trip[2] > USUAL_ROUND_TRIP_NS and trip[1] <= until_ns and trip[1] + trip[2] >= from_ns
    ]
    late = 0.0
    for link in sorted({link for link, _, _ in slow}):
        worst = max(
            ms(trip) - conditions.stalled_ms(sent, sent + trip, link=link)
            for name, sent, trip in slow
            if name == link
        )
        trips = sorted(trip for name, _, trip in conditions.round_trips if name == link)
        late += max(0.0, worst - ms(trips[len(trips) // 2]) - USUAL_ROUND_TRIP_MS)
    return late


def _run_queue_ms(around: LaneEnvironment, from_ns: int, until_ns: int) -> float:
    """Return how long the SUT's processes waited for a core in the window, in ms."""
    total = 0.0
    for begin, end, data in around.samples_near(from_ns, until_ns):
        overlap = min(end, until_ns) - max(begin, from_ns)
        if overlap > 0 and end > begin:
            # all of the sample's delay may lie in the part that overlaps, but no more than it
            total += min(data.run_delay_ms, overlap / NS_PER_MS)
    return total


def _sut_share(
    around: LaneEnvironment, environments: Environments, from_ns: int, until_ns: int
) -> float:
    """Return the share of the whole machine that the SUT's tree used in the window, 0 to 1."""
    near = [data for _, _, data in around.samples_near(from_ns, until_ns)]
    window_ms = sum(data.window_ms for data in near)
    if not window_ms:
        return 0.0
    return sum(data.cpu_ms for data in near) / (window_ms * environments.cpu_count)
