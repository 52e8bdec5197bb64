"""What only the whole run shows, gathered while events and views go by; memory stays bounded."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import msgspec

from harness.judging.environment import RESOURCES, Environments
from harness.judging.excuses import excuse_ms, is_sut_busy
from harness.model import events as ev
from harness.model.events import Event
from harness.model.run_view import ResourceRow, ResourceSeries, RunView, StopTimes
from harness.model.verdict import Deadline
from harness.model.views import MessageView, StreamView

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS_MAX = 4000

_scenario = msgspec.json.Decoder(ev.ScenarioData).decode
_process = msgspec.json.Decoder(ev.ProcessData).decode
_hook = msgspec.json.Decoder(ev.HookData).decode


class RunFacts:
    """Give it events by its ``handlers``, and closed messages; ``view`` is what came of them."""

    def __init__(self, environments: Environments) -> None:
        self.view = RunView()
        self._environments = environments
        self._lane_of: dict[str, str] = {}
        self._messages: Counter[str] = Counter()
        self._sessions: Counter[str] = Counter()
        self._spoken: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._open: defaultdict[str, set[str]] = defaultdict(set)
        self._series: dict[str, ResourceSeries] = {}
        self._held: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self.handlers: dict[str, Callable[[Event], None]] = {
            "scenario_started": self._scenario_started,
            "client_connected": self._client_connected,
            "end_received": self._message_ended,
            "client_left": self._client_left,
            "session_over": self._session_over,
            "process_sample": self._process_sample,
            "hook_sample": self._hook_sample,
        }

    def take(self, message: MessageView) -> None:
        """Take a message that has been judged."""
        times = _stop_times(message, self._environments)
        if times is not None:
            self.view.stops.append(times)

    def _lane(self, event: Event) -> str:
        return self._lane_of.get(event.session or "", "")

    def _scenario_started(self, event: Event) -> None:
        data = _scenario(event.data)
        self._lane_of.update(dict.fromkeys(data.sessions, data.lane))

    def _client_connected(self, event: Event) -> None:
        self._open[self._lane(event)].add(event.session or "")

    def _message_ended(self, event: Event) -> None:
        lane = self._lane(event)
        self._messages[lane] += 1
        self._spoken[lane][event.session or ""] += 1

    def _client_left(self, event: Event) -> None:
        """Take a client that goes: a SUT that keeps it has one session less to keep it for."""
        self._open[self._lane(event)].discard(event.session or "")

    def _session_over(self, event: Event) -> None:
        lane = self._lane(event)
        self._sessions[lane] += 1
        self._open[lane].discard(event.session or "")

    def _hook_sample(self, event: Event) -> None:
        """Take what the SUT says of itself; what /proc says too keeps both names."""
        data = _hook(event.data)
        self._held[data.lane] = {
            f"{name} of the hook" if name in RESOURCES else name: value
            for name, value in data.held.items()
        }

    def _process_sample(self, event: Event) -> None:
        data = _process(event.data)
        lane = data.lane
        series = self._series.get(lane)
        if series is None:
            series = self._series[lane] = ResourceSeries(lane=lane)
            self.view.resources.append(series)
        held: dict[str, float] = {name: getattr(data, name) for name in RESOURCES}
        held |= self._held.pop(lane, {})  # one word for one look: an old one is no evidence
        series.rows.append(
            ResourceRow(
                at_ns=event.at_ns,
                messages=self._messages[lane],
                sessions=self._sessions[lane],
                open=len(self._open[lane]),
                held=held,
            )
        )
        series.spoken_most = max(self._spoken[lane].values(), default=0)
        if len(series.rows) > ROWS_MAX:
            del series.rows[1::2]


def _stop_times(message: MessageView, environments: Environments) -> StopTimes | None:
    """Return when release, last audio and end of a message came that STOP ended, if all did.

    What was as good as over when STOP came is left out, and so is what a fault of a link, or a
    SUT that kept the machine busy, may have put in another order.
    """
    stop, end_ns = message.stop, message.end_ns
    if stop is None or end_ns is None or not _is_alone(message):
        return None
    released_ns = message.streams[0].released_ns
    if released_ns is None or not _is_cut_off(message.streams[0]):
        return None
    behind = [
        audio.at_ns
        for audio in message.audio
        if audio.at_ns > stop.effective_ns and message.is_heard_in(audio)
    ]
    audio_ns = behind[-1] if behind else None
    last_ns = max(released_ns, end_ns, audio_ns or 0)
    windows = message.origin.conditions.windows
    if any(window.touches(stop.at_ns, last_ns) for window in windows):
        return None
    moment = Deadline(from_ns=stop.at_ns, until_ns=last_ns, measured_ms=0, limit_ms=0)
    lane = message.origin.lane
    if is_sut_busy(environments, lane, moment):
        return None
    return StopTimes(
        session=message.session,
        message=message.message,
        phase=stop.phase,
        released_ns=released_ns,
        audio_ns=audio_ns,
        end_ns=end_ns,
        excuse_ms=excuse_ms(environments, lane, moment),
    )


def _is_alone(message: MessageView) -> bool:
    """Tell whether STOP alone ended it, with one upstream stream to let go of."""
    others = (
        message.superseded,
        message.cleaned,
        message.lost_ns,
    )
    is_met = any(other is not None for other in others) or message.client_left
    return not is_met and len(message.streams) == 1


def _is_cut_off(stream: StreamView) -> bool:
    """Tell whether the SUT released a stream that had neither ended nor failed by itself."""
    return stream.ended_ns is None and stream.failed_ns is None and stream.released_by != "own"
