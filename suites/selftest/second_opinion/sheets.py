"""One pass over a record: a sheet for each session, with rows in the order of the record."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from harness.model.events import Event
from harness.model.record import Manifest
from harness.model.target import Target
from harness.model.units import ns

NEVER_NS = 1 << 62


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet: ``place`` is its rank in the record, ``data`` as it was written."""

    place: int
    at_ns: int
    kind: str
    message: int | None
    data: dict[str, Any]


@dataclass(slots=True)
class Stream:
    """What the ledger wrote of one stream; ``said`` maps a kind of row to its first time."""

    key: int
    sentences: tuple[int, ...]
    opened_ns: int
    is_mixed: bool = False
    sent_until: int = 0
    silences: dict[int, int] = field(default_factory=dict)
    last_sent_ns: int = 0
    said: dict[str, int] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Tell whether it ended or failed by itself."""
        return "stream_ended" in self.said or "stream_failed" in self.said

    def pause(self, place: int, zeros: int) -> None:
        """Note so many zeros at a place."""
        if zeros:
            self.silences[place] = self.silences.get(place, 0) + zeros


@dataclass(slots=True)
class World:
    """What happened around all sessions: rows (lane or source, from_ns, until_ns, ms)."""

    trips: list[tuple[str, str, int, int]] = field(default_factory=list)
    delays: list[tuple[str, int, int, float]] = field(default_factory=list)
    faults: list[tuple[str, str, str, int, int]] = field(default_factory=list)
    losing: set[str] = field(default_factory=set)
    closing_ns: dict[str, int] = field(default_factory=dict)
    lost_ns: int = NEVER_NS
    last_ns: int = 0


@dataclass(slots=True)
class Sheet:
    """One session: rows of its client, streams by message, and when the client went away."""

    name: str
    number: int
    target: Target
    world: World
    has_ledger: bool
    lane: str = ""
    idle_ms: float = 0.0
    rows: list[Row] = field(default_factory=list)
    streams: dict[int, list[Stream]] = field(default_factory=dict)
    gone_ns: int = NEVER_NS
    gone_how: str = ""

    def of(self, kind: str, message: int | None = None) -> list[Row]:
        """Return the rows of a kind, of one message or of all."""
        return [r for r in self.rows if r.kind == kind and message in (None, r.message)]

    @property
    def requests(self) -> dict[int, Row]:
        """Return each message with its first request; to ask again makes no second message."""
        asked: dict[int, Row] = {}
        for row in self.of("speak_sent"):
            asked.setdefault(row.message or 0, row)
        return asked

    @property
    def spoken(self) -> list[int]:
        """Return the messages in the order in which they were asked for."""
        return list(self.requests)

    @property
    def watched_ns(self) -> int:
        """Return until when the client could hear."""
        return min(self.gone_ns, self.world.last_ns)


class _Pass:
    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.world = World()
        self.sheets: dict[str, Sheet] = {}
        self.lanes: dict[str, str] = {}
        self.exchanges: dict[int, Stream] = {}
        self.place = 0

    def take(self, event: Event) -> None:
        if self.world.lost_ns < NEVER_NS:
            return
        self.place += 1
        self.world.last_ns = max(self.world.last_ns, event.at_ns)
        data: dict[str, Any] = msgspec.json.decode(event.data)
        if event.source == "client" and event.session is not None:
            self._client(event, data)
        elif event.source == "upstream" and event.kind.startswith("stream_"):
            self._upstream(event, data)
        else:
            self._around(event, data)

    def _client(self, event: Event, data: dict[str, Any]) -> None:
        name = str(event.session)
        sheet = self._sheet(name)
        message = None if event.message is None else int(event.message[1:])
        sheet.rows.append(Row(self.place, event.at_ns, event.kind, message, data))
        if event.kind == "client_connected":
            sheet.idle_ms = data["rtt_ms"]
        leaves = event.kind in {"client_left", "connection_lost", "session_over"}
        if leaves and sheet.gone_ns == NEVER_NS:
            is_cut = event.kind == "connection_lost" and self._is_link_cut(sheet.lane)
            sheet.gone_ns, sheet.gone_how = event.at_ns, "cut" if is_cut else event.kind

    def _is_link_cut(self, lane: str) -> bool:
        """Tell whether a fault that can lose bytes, and so the connection, is at the client."""
        return any(
            where == lane and link == "client" and fault in self.world.losing and until == NEVER_NS
            for where, link, fault, _, until in self.world.faults
        )

    def _sheet(self, name: str) -> Sheet:
        if name not in self.sheets:
            self.sheets[name] = Sheet(
                name=name,
                number=int(name[1:]),
                target=self.manifest.target,
                world=self.world,
                has_ledger="U" in self.manifest.vantages,
                lane=self.lanes.get(name, ""),
            )
        return self.sheets[name]

    def _upstream(self, event: Event, data: dict[str, Any]) -> None:
        number = data["exchange"]
        is_known = number in self.exchanges
        if event.kind in {"stream_opened", "stream_refused"} and not is_known and event.session:
            identities = data.get("identities") or ()
            sentences = tuple(sentence for _, _, sentence in identities)
            stream = Stream(event.stream or 0, sentences, event.at_ns, bool(data.get("mixed")))
            self.exchanges[number] = stream
            message = int((event.message or "m0")[1:])
            self._sheet(event.session).streams.setdefault(message, []).append(stream)
        found = self.exchanges.get(number)
        if found is None:
            return
        kind = "stream_failed" if event.kind == "stream_refused" else event.kind
        found.said.setdefault(kind, event.at_ns)
        if kind == "stream_sent":
            self._sent(found, event.at_ns, data)

    def _sent(self, stream: Stream, at_ns: int, data: dict[str, Any]) -> None:
        """Note what was sent; zeros lie before a run whose number leaves room, else behind it."""
        zeros, silences = data["zeros"], stream.silences
        for _, first, count in data["runs"]:
            place = stream.sent_until
            before = min(zeros, max(0, first - place - silences.get(place, 0)))
            stream.pause(place, before)
            zeros -= before
            stream.sent_until = max(place, first + count)
        stream.pause(stream.sent_until, zeros)
        stream.last_sent_ns = at_ns

    def _around(self, event: Event, data: dict[str, Any]) -> None:
        world, at_ns, lane = self.world, event.at_ns, data.get("lane", "")
        if event.kind == "scenario_started":
            self.lanes |= dict.fromkeys(data["sessions"], lane)
        elif event.kind == "canary_rtt":
            world.trips.append((lane, data["link"], data["sent_ns"], ns(data["rtt_ms"])))
        elif event.kind == "loop_lag":
            from_ns = at_ns - ns(data["window_ms"] + data["max_ms"])
            world.delays.append(("", from_ns, at_ns, data["max_ms"]))
        elif event.kind == "process_sample":
            from_ns = at_ns - ns(data["window_ms"])
            world.delays.append((lane, from_ns, at_ns, data["run_delay_ms"]))
        else:
            self._turn(event, data, lane)

    def _turn(self, event: Event, data: dict[str, Any], lane: str) -> None:
        world, at_ns = self.world, event.at_ns
        if event.kind == "fault_started":
            world.losing |= {data["fault"]} if data.get("can_lose_bytes") else set()
            world.faults.append((lane, data["link"], data["fault"], at_ns, NEVER_NS))
        elif event.kind == "fault_healed":
            which = (lane, data["link"], data["fault"])
            world.faults = [
                (*row[:4], at_ns) if row[:3] == which and row[4] == NEVER_NS else row
                for row in world.faults
            ]
        elif event.kind == "lane_closing":
            world.closing_ns.setdefault(lane, at_ns)
        elif event.kind == "vantage_lost":
            world.lost_ns = at_ns


def sheets_of(manifest: Manifest, events: Iterable[Event]) -> list[Sheet]:
    """Return the sheets of all sessions that did something, in the order of their first rows."""
    record = _Pass(manifest)
    for event in events:
        record.take(event)
    return list(record.sheets.values())
