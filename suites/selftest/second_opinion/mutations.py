"""What may go wrong with a record: each mutation changes the list of its events in one way."""

from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

from harness.model.events import Event
from harness.model.units import ns

Events = list[Event]
HEARD = ("audio_received", "start_received", "end_received", "error_received")
DELAYS_MS = (0, 1, 40, 90, 140, 160, 400, 1100)


def mutate(events: Events, chance: Random) -> Events:
    """Return the record with one random thing wrong; unchanged if there is nothing to change."""
    change = chance.choice(MUTATIONS)
    try:
        return change(list(events), chance)
    except LookupError:  # nothing of that kind happened
        return events


def in_order(events: Events) -> Events:
    """Return the events sorted by time and numbered again, as their writers would."""
    numbers = {True: 0, False: 0}
    numbered = []
    for event in sorted(events, key=lambda event: event.at_ns):
        numbers[event.source == "upstream"] += 1
        number = numbers[event.source == "upstream"]
        numbered.append(msgspec.structs.replace(event, seq=number))
    return sorted(numbered, key=lambda event: (event.at_ns, event.source, event.seq))


def possible(events: Events) -> Events:
    """Return the record without what no client can see.

    That is audio that was not made yet, a signal of a message that was not asked for, and
    anything from a connection that is over.
    """
    made: set[tuple[int, int]] = set()
    spoken: set[tuple[str | None, str | None]] = set()
    over: set[str] = set()
    kept = []
    for event in events:
        data = msgspec.json.decode(event.data)
        frames = {(run[0], run[1]) for run in data.get("runs", ())}
        if event.kind == "stream_sent":
            made |= frames
        elif event.source == "client":
            who = (event.session, event.message)
            is_early = event.kind in HEARD and who not in spoken and event.message is not None
            if event.session in over or is_early or not frames <= made:
                continue
            if event.kind == "speak_sent":
                spoken.add((event.session, event.message))
            elif event.kind == "session_over":
                over.add(event.session or "")
        kept.append(event)
    return kept


def _drop(events: Events, chance: Random) -> Events:
    return _replaced(events, _place(events, chance), [])


def _drop_unheard(events: Events, chance: Random) -> Events:
    kinds = ("fence_passed", "stream_ended", "stream_failed")
    return _replaced(events, _place(events, chance, *kinds), [])


def _double(events: Events, chance: Random) -> Events:
    at = _place(events, chance)
    again = _later(events[at], chance.choice(DELAYS_MS))
    return _replaced(events, at, [events[at], again])


def _delay(events: Events, chance: Random) -> Events:
    at = _place(events, chance)
    return _replaced(events, at, [_later(events[at], chance.choice(DELAYS_MS))])


def _hasten(events: Events, chance: Random) -> Events:
    at = _place(events, chance, "start_received", "end_received", "error_received")
    return _replaced(events, at, [_later(events[at], -chance.choice(DELAYS_MS))])


def _double_end(events: Events, chance: Random) -> Events:
    at = _place(events, chance, "end_received")
    again = _later(events[at], chance.choice(DELAYS_MS))
    return _replaced(events, at, [events[at], again])


def _drop_end(events: Events, chance: Random) -> Events:
    return _replaced(events, _place(events, chance, "end_received"), [])


def _relabel(events: Events, chance: Random) -> Events:
    at = _place(events, chance)
    label = chance.choice(("m1", "m2", "m3", None))
    if events[at].kind in {"start_received", "end_received"}:
        label = label or "m1"
    return _replaced(events, at, [msgspec.structs.replace(events[at], message=label)])


def _misdeliver(events: Events, chance: Random) -> Events:
    """Let a frame arrive at a session that may be another."""
    at = _place(events, chance, "audio_received")
    session = chance.choice([event.session for event in events if event.session])
    return _replaced(events, at, [msgspec.structs.replace(events[at], session=session)])


def _mistake_stream(events: Events, chance: Random) -> Events:
    """Let a frame hold audio of another message, sentence or attempt that was sent before it."""
    at, by = (_place(events, chance, kind) for kind in ("audio_received", "stream_sent"))
    runs = msgspec.json.decode(events[by].data).get("runs", [])
    return _data(events, at, lambda data: data.update(runs=runs))


def _cut_frame(events: Events, chance: Random) -> Events:
    """Let samples at the end of a frame be lost."""
    lost = chance.choice((1, 480, 1919))
    at = _place(events, chance, "audio_received")
    return _data(events, at, lambda data: data["runs"][0].__setitem__(2, 1920 - lost))


def _spoil(events: Events, chance: Random) -> Events:
    """Add samples without a mark, zeros or an odd byte to a frame."""
    what, count = chance.choice((("foreign", 30), ("odd", 1), ("zeros", 480)))
    at = _place(events, chance, "audio_received")
    return _data(events, at, lambda data: data.update({what: count}))


def _insert(events: Events, chance: Random) -> Events:
    """Add a frame without any mark."""
    at = _place(events, chance, "audio_received")
    what, count = chance.choice((("foreign", 30), ("zeros", 480)))
    data = {"bytes": 2 * count, "runs": [], "zeros": 0, "foreign": 0, "odd": 0, what: count}
    raw = msgspec.Raw(msgspec.json.encode(data))
    odd = msgspec.structs.replace(_later(events[at], chance.choice(DELAYS_MS)), data=raw)
    return _replaced(events, at, [events[at], odd])


def _fall_silent(events: Events, chance: Random) -> Events:
    """Let the SUT send nothing more to a session from some moment on."""
    at = _place(events, chance)
    begin = events[at]
    return [
        event
        for event in events
        if event.session != begin.session or event.at_ns < begin.at_ns or event.kind not in HEARD
    ]


def _hang_up(events: Events, chance: Random) -> Events:
    """Let the SUT close the connection of a session."""
    at = _place(events, chance)
    begin, raw = events[at], msgspec.Raw(b'{"how":"fin"}')
    before = [
        event
        for event in events
        if event.session != begin.session or event.source != "client" or event.at_ns < begin.at_ns
    ]
    lost = msgspec.structs.replace(begin, kind="connection_lost", message=None, data=raw)
    over = msgspec.structs.replace(lost, kind="session_over", at_ns=lost.at_ns + 1)
    return [*before, lost, over]


def _place(events: Events, chance: Random, *kinds: str) -> int:
    """Return the place of a random event of these kinds; without kinds, of those heard."""
    wanted = kinds or HEARD
    places = [at for at, event in enumerate(events) if event.kind in wanted]
    if not places:
        raise LookupError(wanted)
    return chance.choice(places)


def _later(event: Event, delay_ms: float) -> Event:
    return msgspec.structs.replace(event, at_ns=event.at_ns + ns(delay_ms))


def _replaced(events: Events, at: int, by: Events) -> Events:
    return [*events[:at], *by, *events[at + 1 :]]


def _data(events: Events, at: int, change: Callable[[dict[str, Any]], None]) -> Events:
    data = msgspec.json.decode(events[at].data)
    if events[at].kind != "audio_received" or not data["runs"]:
        return events
    change(data)
    samples = sum(run[2] for run in data["runs"]) + data["zeros"] + data["foreign"]
    data["bytes"] = 2 * samples + data["odd"]
    raw = msgspec.Raw(msgspec.json.encode(data))
    return _replaced(events, at, [msgspec.structs.replace(events[at], data=raw)])


MUTATIONS = (
    _drop,
    _drop_unheard,
    _double,
    _delay,
    _hasten,
    _double_end,
    _drop_end,
    _relabel,
    _misdeliver,
    _mistake_stream,
    _cut_frame,
    _spoil,
    _insert,
    _fall_silent,
    _hang_up,
)
