"""OWN-4. Sockets, tasks, memory and all else return to their baseline (pipecat #3835, #4409).

The baseline is what is held while as many sessions are open as at any other time, and of a few
looks in a row the least: what is merely in flight at the moment of a look has not leaked. What
grows is found by the robust slope behind the warm-up, if it still grows in the latter half.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.checks.base import Limits, check
from harness.model.robust_slope import POINTS_MIN, Slope, robust_slope
from harness.model.run_view import ResourceRow, ResourceSeries, RunView
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope, Unjudged

Point = tuple[float, float]
WARM_UP = 0.25  # of a lane, and for memory at least so many as the axis says
BINS_MAX = 20
ROWS_IN_A_BIN = 2
PLACES = 12  # on the axis: so many looks at rest are better than many more at work
OPEN_MAX = 4  # with more sessions at once, what each of them is at differs too much
UNSURE = 2.0  # times the limit: a growth that must have been excluded
GOES_ON = 0.5  # times the limit: less of it in the latter half is no growth any more
SHORT = 100  # fewer than these can only show a coarser leak, as one in every message


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """What growth is counted by, how many make a case, and how many are enough to be sure."""

    name: Literal["messages", "sessions"]
    least: int
    least_for_memory: int
    memory_warm_up: int
    enough: int

    def place(self, row: ResourceRow) -> int:
        return row.messages if self.name == "messages" else row.sessions

    def amount(self, series: ResourceSeries) -> int:
        """Return how many of them the lane has seen, of messages those of one session."""
        if self.name == "messages":
            return series.spoken_most
        return series.rows[-1].sessions if series.rows else 0


AXES = (
    _Axis(name="messages", least=20, least_for_memory=200, memory_warm_up=100, enough=400),
    _Axis(name="sessions", least=20, least_for_memory=100, memory_warm_up=50, enough=200),
)


@check(
    "OWN-4",
    "no resource grows over 100 messages and over 30 sessions",
    scope=Scope.RUN,
    vantages="P",
    standard=Minimum(
        total=130,
        by_category={
            "messages": 100,
            "sessions": 30,
            "memory by messages": 200,
            "memory by sessions": 100,
        },
    ),
    smoke=Minimum(total=20, by_category={"messages": 20}),
    limits={"count_per_100": 1.0, "memory_kb_per_100": 1000.0},
)
def nothing_grows(run: RunView, limits: Limits) -> Iterator[Outcome]:
    """Fit what each lane held against its messages and against its sessions."""
    for axis in AXES:
        for is_memory in (False, True):
            least = axis.least_for_memory if is_memory else axis.least
            lanes = [series for series in run.resources if axis.amount(series) >= least]
            outcomes = [
                outcome
                for series in lanes
                for outcome in _judge_lane(series, axis, limits, is_memory=is_memory)
            ]
            has_exposure = any(isinstance(one, Exposure) for one in outcomes)
            for outcome in outcomes:  # one lane that can be judged is as good as two
                if not (has_exposure and isinstance(outcome, Unjudged)):
                    yield outcome
            if not outcomes:
                count = max(map(axis.amount, run.resources), default=0)
                yield _too_few(axis, count, is_memory=is_memory)


def _judge_lane(
    series: ResourceSeries, axis: _Axis, limits: Limits, *, is_memory: bool
) -> Iterator[Outcome]:
    """Judge all counts of a lane, or all that is counted in bytes."""
    count = axis.amount(series)
    rows = _comparable(series, axis, is_memory=is_memory)
    names = sorted({name for row in rows for name in row.held if _is_bytes(name) is is_memory})
    limit = 1000 * limits["memory_kb_per_100"] if is_memory else limits["count_per_100"]
    growths = [
        _Growth(
            name=name,
            points=_least_of_bins(rows, axis, name),
            limit=limit,
            doubt=limit * (axis.enough / count if count < SHORT else 1),
            is_short=count < SHORT,
        )
        for name in names
    ]
    if not growths:
        yield _too_few(axis, count, is_memory=is_memory)
        return
    for growth in growths:
        if growth.is_leak:
            yield Finding(
                sentence=growth.sentence(series.lane, axis.name, count),
                at_ns=series.rows[-1].at_ns,
                category=_category(axis, is_memory=is_memory),
                lane=series.lane,
            )
    unsure = [growth for growth in growths if growth.is_unsure and not growth.is_leak]
    if unsure:
        yield _too_few(axis, count, is_memory=is_memory, what=", ".join(one.name for one in unsure))
        return
    for _ in range(count):
        yield Exposure(category=_category(axis, is_memory=is_memory))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Growth:
    """What became of one resource: the least of each bin, and the limit per 100.

    ``doubt`` is the limit in a lane of enough messages or sessions, and more in a short one, which
    can only find a leak in every message: there a growth that may be none is no doubt.
    """

    name: str
    points: Sequence[Point]
    limit: float
    doubt: float
    is_short: bool

    @property
    def slope(self) -> Slope | None:
        """Return the growth per 100."""
        return robust_slope([(x / 100, y) for x, y in self.points])

    @property
    def is_leak(self) -> bool:
        """Tell whether it surely grows by more than the limit, and has not stopped growing."""
        slope = self.slope
        last = self.points[-max(POINTS_MIN, len(self.points) // 2) :]
        still = robust_slope([(x / 100, y) for x, y in last])
        goes_on = still is not None and still.value > GOES_ON * self.limit
        return slope is not None and slope.low > self.limit and goes_on

    @property
    def is_unsure(self) -> bool:
        """Tell whether a growth of twice the limit has not been excluded."""
        slope = self.slope
        if slope is None:
            return True
        if self.is_short and slope.low <= 0:
            return False
        return slope.value > self.doubt or slope.high > UNSURE * self.doubt

    def sentence(self, lane: str, axis: str, count: int) -> str:
        slope = self.slope
        assert slope is not None
        is_memory = _is_bytes(self.name)
        unit, share = (" kB", 1000) if is_memory else ("", 1)
        first, last = self.points[0][1] / share, self.points[-1][1] / share
        value, low, high = (one / share for one in (slope.value, slope.low, slope.high))
        digits = 0 if is_memory else 1
        return (
            f"{self.name} of lane {lane} grew by {value:.{digits}f}{unit} per 100 {axis} (95 %"
            f" interval {low:.{digits}f} to {high:.{digits}f}), from {first:.0f} to"
            f" {last:.0f}{unit} over {count} {axis}. Limit: {self.limit / share:.{digits}f}{unit}."
        )


def _comparable(series: ResourceSeries, axis: _Axis, *, is_memory: bool) -> list[ResourceRow]:
    """Return the looks behind the warm-up at which the same number of sessions was open.

    The smallest number with enough places on the axis: none, where the lane rests at times.
    """
    done = axis.place(series.rows[-1])
    warm = max(WARM_UP * done, axis.memory_warm_up if is_memory else 0)
    by_open: dict[int, list[ResourceRow]] = {}
    for row in series.rows:
        if axis.place(row) >= warm and row.open <= OPEN_MAX:
            by_open.setdefault(row.open, []).append(row)
    reach = {many: len({axis.place(row) for row in rows}) for many, rows in by_open.items()}
    most = max(reach.values(), default=0)
    good = [many for many, places in reach.items() if places >= min(PLACES, 0.5 * most)]
    return by_open[min(good)] if good else []


def _least_of_bins(rows: Sequence[ResourceRow], axis: _Axis, name: str) -> list[Point]:
    """Return the first of the least values of each bin of the axis, as (x, y)."""
    points = [(float(axis.place(row)), row.held[name]) for row in rows if name in row.held]
    if not points:
        return []
    first, last = points[0][0], points[-1][0]
    bins = max(POINTS_MIN, min(BINS_MAX, len(points) // ROWS_IN_A_BIN))
    least: dict[int, Point] = {}
    for x, y in points:
        place = min(bins - 1, int((x - first) / (last - first) * bins)) if last > first else 0
        if place not in least or y < least[place][1]:
            least[place] = (x, y)
    return [least[place] for place in sorted(least)]


def _too_few(axis: _Axis, count: int, *, is_memory: bool, what: str = "") -> Unjudged:
    enough = axis.enough if count < axis.enough else 2 * count
    who = f"{count} {axis.name if count != 1 else axis.name.removesuffix('s')}"
    if axis.name == "messages":
        who += " on one session"
    about = what or ("memory" if is_memory else "the counts")
    return Unjudged(
        why="not_exercised",
        text=f"{who}: too few to be sure of {about}; {enough} would be enough",
    )


def _category(axis: _Axis, *, is_memory: bool) -> str:
    return f"memory by {axis.name}" if is_memory else axis.name


def _is_bytes(name: str) -> bool:
    return name.split(" ")[0].endswith("_bytes")
