"""What the world around the SUT did, per lane: lags, canary, run-queue delay, fault windows.

What is older than the oldest message can be is forgotten; of a lane with faults the round trips
are kept, since they are the receipts. Resources are summed up, and of one lane only.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING

import msgspec

from harness.model import events as ev
from harness.model.conditions import CanaryEnd, Conditions, FaultWindow
from harness.model.events import Event
from harness.model.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

REMEMBERED_NS = 180 * NS_PER_S
FORGET_EVERY = 512
READ_LATE_NS = 3 * NS_PER_S  # how late a line of the log may be read
NOTICED_NS = NS_PER_S // 2  # how long a vantage may have been lost before it is noticed
RESOURCE_LANE = "hundred_messages"
RESOURCES = ("sockets", "upstream_sockets", "descriptors", "threads", "rss_bytes")
WARM_UP_SAMPLES = 5


@dataclass(slots=True)
class LagSeries:
    """Worst lateness of a timer of ours, window by window: (from_ns, until_ns, lag_ms)."""

    windows: deque[tuple[int, int, float]] = field(default_factory=deque)

    def worst_ms(self, from_ns: int, until_ns: int) -> float:
        """Return the worst lag of all windows that touch the given one."""
        near = takewhile(lambda window: window[1] >= from_ns, reversed(self.windows))
        return max((lag for begin, _, lag in near if begin <= until_ns), default=0.0)


@dataclass(slots=True)
class Resources:
    """What a SUT's processes held: the first sample that is warm (or the last), the last, the most.

    Of ``first`` and ``last`` the values are by name, as those of ``most``.
    """

    samples: int = 0
    first: dict[str, int] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)

    def add(self, data: ev.ProcessData) -> None:
        """Take the next sample."""
        self.samples += 1
        self.last = {name: getattr(data, name) for name in RESOURCES}
        if self.samples <= WARM_UP_SAMPLES:
            self.first = self.last
        self.most = {name: max(held, self.most.get(name, 0)) for name, held in self.last.items()}


@dataclass(slots=True)
class LaneEnvironment:
    """One lane: its links, and what its SUT's processes got of the machine, and held."""

    conditions: Conditions = field(default_factory=Conditions)
    samples: deque[tuple[int, int, ev.ProcessData]] = field(default_factory=deque)
    resources: Resources = field(default_factory=Resources)
    is_closing: bool = False

    def samples_near(self, from_ns: int, until_ns: int) -> list[tuple[int, int, ev.ProcessData]]:
        """Return the samples that touch the window, in the order of time."""
        late = takewhile(lambda sample: sample[1] >= from_ns, reversed(self.samples))
        return [sample for sample in late if sample[0] <= until_ns][::-1]


class Environments:
    """All lanes of a run, and the lags that belong to no lane; ``handlers`` take events by kind."""

    def __init__(self, *, cpu_count: int) -> None:
        self.cpu_count = cpu_count
        self.lags = {"harness": LagSeries(), "upstream": LagSeries()}
        self.lanes: dict[str, LaneEnvironment] = {}
        self.exits: dict[str, int | None] = {}  # of SUTs that ended in the middle of the run
        self.lost_at_ns: int | None = None
        self._count = 0
        self._takers: dict[str, Callable[[Event], None]] = {
            "loop_lag": self._loop_lag,
            "canary_rtt": self._canary_rtt,
            "canary_bulk_rtt": self._canary_bulk_rtt,
            "canary_lost": self._canary_lost,
            "canary_back": self._canary_back,
            "process_sample": self._process_sample,
            "fault_started": self._fault_started,
            "fault_healed": self._fault_healed,
            "lane_closing": self._lane_closing,
            "sut_exited": self._sut_exited,
            "vantage_lost": self._vantage_lost,
        }
        self.handlers = dict.fromkeys(self._takers, self._take)

    def conditions(self, lane: str) -> Conditions:
        """Return the links of a lane; the same object grows while events come."""
        return self._lane(lane).conditions

    def _take(self, event: Event) -> None:
        self._takers[event.kind](event)
        self._count += 1
        if self._count % FORGET_EVERY == 0:
            self._forget(event.at_ns - REMEMBERED_NS)

    def _lane(self, name: str) -> LaneEnvironment:
        lane = self.lanes.get(name)
        if lane is None:
            lane = self.lanes[name] = LaneEnvironment()
        return lane

    def _forget(self, before_ns: int) -> None:
        for series in self.lags.values():
            while series.windows and series.windows[0][1] < before_ns:
                series.windows.popleft()
        for lane in self.lanes.values():
            while lane.samples and lane.samples[0][1] < before_ns:
                lane.samples.popleft()
            if lane.conditions.windows:
                continue  # its round trips are the receipts of its faults
            for trips in (lane.conditions.round_trips, lane.conditions.bulk_trips):
                old = next((i for i, trip in enumerate(trips) if trip[1] >= before_ns), len(trips))
                del trips[:old]

    def _loop_lag(self, event: Event) -> None:
        data = msgspec.json.decode(event.data, type=ev.LagData)
        series = self.lags.setdefault(event.source, LagSeries())
        from_ns = event.at_ns - round((data.window_ms + data.max_ms) * NS_PER_MS)
        series.windows.append((from_ns, event.at_ns, data.max_ms))

    def _canary_rtt(self, event: Event) -> None:
        data = msgspec.json.decode(event.data, type=ev.CanaryData)
        trip = (data.link, data.sent_ns, round(data.rtt_ms * NS_PER_MS))
        self._lane(data.lane).conditions.round_trips.append(trip)

    def _canary_bulk_rtt(self, event: Event) -> None:
        data = msgspec.json.decode(event.data, type=ev.CanaryData)
        conditions = self._lane(data.lane).conditions
        conditions.bulk_trips.append((data.link, data.sent_ns, round(data.rtt_ms * NS_PER_MS)))
        conditions.bulk_bytes = data.size_bytes

    def _canary_lost(self, event: Event) -> None:
        self._canary_end(event, seen_by="canary")

    def _canary_back(self, event: Event) -> None:
        self._canary_end(event, seen_by="echo")

    def _canary_end(self, event: Event, *, seen_by: str) -> None:
        data = msgspec.json.decode(event.data, type=ev.CanaryEndData)
        end = CanaryEnd(link=data.link, seen_by=seen_by, how=data.how, at_ns=event.at_ns)
        self._lane(data.lane).conditions.ends.append(end)

    def _process_sample(self, event: Event) -> None:
        data = msgspec.json.decode(event.data, type=ev.ProcessData)
        lane = self._lane(data.lane)
        from_ns = event.at_ns - round(data.window_ms * NS_PER_MS)
        lane.samples.append((from_ns, event.at_ns, data))
        if data.lane == RESOURCE_LANE:
            lane.resources.add(data)

    def _fault_started(self, event: Event) -> None:
        data = msgspec.json.decode(event.data, type=ev.FaultData)
        window = FaultWindow(
            fault=data.fault,
            link=data.link,
            from_ns=event.at_ns,
            can_lose_bytes=data.can_lose_bytes,
        )
        self._lane(data.lane).conditions.windows.append(window)

    def _fault_healed(self, event: Event) -> None:
        data = msgspec.json.decode(event.data, type=ev.FaultData)
        windows = self._lane(data.lane).conditions.windows
        for index, window in enumerate(windows):
            same = window.fault == data.fault and window.link == data.link
            if same and window.until_ns is None:
                windows[index] = replace(window, until_ns=event.at_ns)

    def _lane_closing(self, event: Event) -> None:
        data = msgspec.json.decode(event.data, type=ev.LaneData)
        self._lane(data.lane).is_closing = True

    def _sut_exited(self, event: Event) -> None:
        data = msgspec.json.decode(event.data, type=ev.LaneData)
        if not self._lane(data.lane).is_closing:  # from there on we end it ourselves
            self.exits[data.lane] = data.exit_code

    def _vantage_lost(self, event: Event) -> None:
        self.lost_at_ns = event.at_ns
