"""A recorded pass, changed in one place: the right rule must see it."""

import bisect
from collections import Counter
from collections.abc import Callable, Iterable

import msgspec
import pytest

from harness.judging.judge import judge_events
from harness.model.events import AudioData, Event
from harness.model.units import NS_PER_MS
from harness.model.verdict import Verdict
from suites.selftest.proof.conftest import RecordedPass

Events = list[Event]
pytestmark = [pytest.mark.io, pytest.mark.slow]


def verdicts(recorded: RecordedPass, events: Iterable[Event]) -> dict[str, Verdict]:
    judgement = judge_events(recorded.manifest, events, problems=tuple)
    return {rule.id: rule.verdict for rule in judgement.rules}


def of(events: Events, kind: str, *, message: str = "m1", session: str = "s1") -> list[int]:
    return [
        place
        for place, event in enumerate(events)
        if event.kind == kind and event.session == session and event.message == message
    ]


def whole(recorded: RecordedPass) -> tuple[str, str]:
    """Return (session, message) of a message that was spoken to its end, not the first one."""
    for event in recorded.events:
        is_done = event.kind == "end_received" and b"completed" in bytes(event.data)
        if is_done and event.message == "m2":
            return event.session or "", event.message
    raise AssertionError("the recorded pass holds no second message that was completed")


def stopped(recorded: RecordedPass) -> tuple[str, str]:
    """Return (session, message) of a message that was stopped in mid-stream."""
    return interrupted(recorded, b"stopped")


def superseded(recorded: RecordedPass) -> tuple[str, str]:
    """Return (session, message) of a message that was superseded in mid-stream."""
    return interrupted(recorded, b"superseded")


def interrupted(recorded: RecordedPass, reason: bytes) -> tuple[str, str]:
    heard: Counter[tuple[str, str]] = Counter()
    for event in recorded.events:
        key = (event.session or "", event.message or "")
        heard[key] += event.kind == "audio_received"
        if event.kind == "end_received" and reason in bytes(event.data) and heard[key] >= 2:
            return key
    raise AssertionError(f"the recorded pass holds no message that ended {reason!r} in mid-stream")


def moved(events: Events, place: int, later_ms: float) -> Events:
    """Return the events with one of them moved to a later moment, in the order of time."""
    event = events[place]
    late = msgspec.structs.replace(event, at_ns=event.at_ns + round(later_ms * NS_PER_MS))
    rest = events[:place] + events[place + 1 :]
    times = [other.at_ns for other in rest]
    at = bisect.bisect_right(times, late.at_ns)
    before = (other.seq for other in reversed(rest[:at]) if is_of_one_writer(other, event))
    late = msgspec.structs.replace(late, seq=max(event.seq, next(before, 0) + 1))
    return [*rest[:at], late, *rest[at:]]


def is_of_one_writer(one: Event, other: Event) -> bool:
    """Tell whether two events were numbered by the same process."""
    return (one.source == "upstream") == (other.source == "upstream")


def swapped(events: Events, one: int, other: int) -> Events:
    """Return the events with what two of them say exchanged; times and numbers stay."""
    a, b = events[one], events[other]
    changed = list(events)
    changed[one] = msgspec.structs.replace(b, at_ns=a.at_ns, seq=a.seq)
    changed[other] = msgspec.structs.replace(a, at_ns=b.at_ns, seq=b.seq)
    return changed


def doubled(events: Events, place: int) -> Events:
    return [*events[: place + 1], events[place], *events[place + 1 :]]


def dropped(events: Events, places: Iterable[int]) -> Events:
    gone = set(places)
    return [event for place, event in enumerate(events) if place not in gone]


WAITS_ON_MS = 1500.0


def end_dropped(r: RecordedPass, e: Events) -> Events:
    """Take the end signal out, and let the client leave later: it would have waited for it."""
    s, m = whole(r)
    changed = dropped(e, of(e, "end_received", session=s, message=m))
    for kind in ("session_over", "client_left"):
        leaving = (at for at, one in enumerate(changed) if (one.session, one.kind) == (s, kind))
        changed = moved(changed, next(leaving), WAITS_ON_MS)
    return changed


def end_doubled(r: RecordedPass, e: Events) -> Events:
    s, m = whole(r)
    return doubled(e, of(e, "end_received", session=s, message=m)[0])


def end_swapped_with_last_audio(r: RecordedPass, e: Events) -> Events:
    s, m = whole(r)
    audio = of(e, "audio_received", session=s, message=m)
    return swapped(e, audio[-1], of(e, "end_received", session=s, message=m)[0])


def middle_audio_dropped(r: RecordedPass, e: Events) -> Events:
    s, m = whole(r)
    audio = of(e, "audio_received", session=s, message=m)
    return dropped(e, [audio[len(audio) // 2]])


def middle_audio_doubled(r: RecordedPass, e: Events) -> Events:
    s, m = whole(r)
    audio = of(e, "audio_received", session=s, message=m)
    return doubled(e, audio[len(audio) // 2])


def two_audio_swapped(r: RecordedPass, e: Events) -> Events:
    s, m = whole(r)
    audio = of(e, "audio_received", session=s, message=m)
    return swapped(e, audio[2], audio[3])


def last_audio_dropped(r: RecordedPass, e: Events) -> Events:
    s, m = whole(r)
    return dropped(e, of(e, "audio_received", session=s, message=m)[-1:])


def second_message_silenced(r: RecordedPass, e: Events) -> Events:
    s, m = whole(r)
    return dropped(e, of(e, "audio_received", session=s, message=m))


def end_delayed(r: RecordedPass, e: Events) -> Events:
    s, m = whole(r)
    return moved(e, of(e, "end_received", session=s, message=m)[0], 2600)


def confirmation_delayed(r: RecordedPass, e: Events) -> Events:
    s, m = stopped(r)
    return moved(e, of(e, "end_received", session=s, message=m)[0], 1500)


def audio_kept_after_stop(r: RecordedPass, e: Events) -> Events:
    s, m = stopped(r)
    end = of(e, "end_received", session=s, message=m)[0]
    later = moved(e, end, 1500)
    return moved(later, of(later, "audio_received", session=s, message=m)[-1], 1400)


def release_delayed(r: RecordedPass, e: Events) -> Events:
    s, m = stopped(r)
    for kind in ("stream_released", "socket_closed"):
        places = of(e, kind, session=s, message=m) or _sockets(e, s, m)
        if places:
            e = moved(e, places[0], 1500)
    return e


def release_of_superseded_delayed(r: RecordedPass, e: Events) -> Events:
    s, m = superseded(r)
    for kind in ("stream_released", "socket_closed"):
        places = of(e, kind, session=s, message=m) or _sockets(e, s, m)
        if places:
            e = moved(e, places[0], 1200)
    return e


def socket_never_closed(r: RecordedPass, e: Events) -> Events:
    s, m = whole(r)
    return dropped(e, _sockets(e, s, m))


def audio_of_another_session(r: RecordedPass, e: Events) -> Events:
    s, m = whole(r)
    place = of(e, "audio_received", session=s, message=m)[1]
    data = msgspec.json.decode(e[place].data, type=AudioData)
    key, first, count = data.runs[0]
    foreign = msgspec.structs.replace(data, runs=(*data.runs, (key ^ (1 << 40), first, count)))
    raw = msgspec.Raw(msgspec.json.encode(foreign))
    return [*e[:place], msgspec.structs.replace(e[place], data=raw), *e[place + 1 :]]


def audio_after_the_next_start(r: RecordedPass, e: Events) -> Events:
    s, m = superseded(r)
    start = of(e, "start_received", session=s, message=f"m{int(m[1:]) + 1}")[0]
    last = of(e, "audio_received", session=s, message=m)[-1]
    late_ms = (e[start].at_ns - e[last].at_ns) / NS_PER_MS + 0.01
    return moved(e, last, late_ms)


def _sockets(events: Events, session: str, message: str) -> list[int]:
    opened = of(events, "stream_opened", session=session, message=message)
    sockets = {msgspec.json.decode(events[place].data)["socket"] for place in opened}
    return [
        place
        for place, event in enumerate(events)
        if event.kind == "socket_closed" and msgspec.json.decode(event.data)["socket"] in sockets
    ]


CASES: tuple[tuple[str, Callable[[RecordedPass, Events], Events]], ...] = (
    ("EOS-1", end_dropped),
    ("EOS-1", end_doubled),
    ("EOS-2", end_swapped_with_last_audio),
    ("EOS-3", last_audio_dropped),
    ("EOS-4", end_delayed),
    ("AUD-1", middle_audio_dropped),
    ("AUD-1", middle_audio_doubled),
    ("AUD-1", two_audio_swapped),
    ("MSG-1", audio_after_the_next_start),
    ("MSG-2", second_message_silenced),
    ("ISO-1", audio_of_another_session),
    ("STOP-1", audio_kept_after_stop),
    ("STOP-2", release_delayed),
    ("STOP-3", confirmation_delayed),
    ("OWN-1", release_of_superseded_delayed),
    ("OWN-3", socket_never_closed),
)


@pytest.mark.parametrize(
    ("rule", "tamper"), CASES, ids=lambda case: getattr(case, "__name__", case)
)
def test_the_right_rule_sees_a_record_that_was_changed_in_one_place(
    recorded_pass: RecordedPass,
    rule: str,
    tamper: Callable[[RecordedPass, Events], Events],
) -> None:
    assert verdicts(recorded_pass, recorded_pass.events)[rule] is not Verdict.FAIL
    changed = tamper(recorded_pass, list(recorded_pass.events))
    assert verdicts(recorded_pass, changed)[rule] is Verdict.FAIL


def test_the_reference_passes_what_it_was_exposed_to(recorded_pass: RecordedPass) -> None:
    failed = [
        finding.sentence
        for rule in recorded_pass.judgement.rules
        if rule.verdict in (Verdict.FAIL, Verdict.ERROR)
        for finding in rule.findings
    ]
    assert failed == []


def test_judging_twice_gives_the_same_bytes(recorded_pass: RecordedPass) -> None:
    def judge() -> bytes:
        judgement = judge_events(recorded_pass.manifest, recorded_pass.events, problems=tuple)
        return msgspec.json.encode(judgement)

    assert judge() == judge()
