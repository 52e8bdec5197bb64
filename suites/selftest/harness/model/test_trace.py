"""Parts written by several processes, read as one stream."""

from pathlib import Path

import msgspec
import pytest

from harness.model import trace
from harness.model.events import ENVELOPE_VERSION, Event
from harness.model.trace import Reading, read_events


def line(at_ns: int, seq: int, *, source: str = "client", kind: str = "speak_sent") -> bytes:
    event = Event(v=ENVELOPE_VERSION, seq=seq, at_ns=at_ns, clock="c", source=source, kind=kind)
    return msgspec.json.encode(event) + b"\n"


def part(folder: Path, name: str, *lines: bytes) -> Path:
    file = folder / name
    file.write_bytes(b"".join(lines))
    return file


def test_events_come_in_the_order_of_time_then_source_then_number(tmp_path: Path) -> None:
    one = part(tmp_path, "a.jsonl", line(1, 1), line(5, 2), line(5, 3), line(9, 4))
    other = part(tmp_path, "b.jsonl", line(2, 1, source="upstream"), line(5, 2, source="upstream"))
    reading = Reading()
    told = [(e.at_ns, e.source, e.seq) for e in read_events([other, one], reading)]
    assert told == [
        (1, "client", 1),
        (2, "upstream", 1),
        (5, "client", 2),
        (5, "client", 3),
        (5, "upstream", 2),
        (9, "client", 4),
    ]
    assert (reading.events, reading.lines_lost, reading.is_tail_cut) == (6, {}, False)


def test_the_part_that_goes_on_for_longer_is_read_to_its_end(tmp_path: Path) -> None:
    short = part(tmp_path, "a.jsonl", line(2, 1))
    long = part(tmp_path, "b.jsonl", line(1, 2), line(3, 3), line(4, 4))
    for parts in ([short, long], [long, short]):
        assert [event.seq for event in read_events(parts, Reading())] == [2, 1, 3, 4]


def test_data_stays_raw_and_unknown_fields_and_kinds_are_kept(tmp_path: Path) -> None:
    text = (
        b'{"v":1,"seq":1,"at_ns":7,"clock":"c","source":"moon","kind":"rise","more":[1],'
        b'"data":{"deep":{"down":1}}}\n'
    )
    (event,) = read_events([part(tmp_path, "a.jsonl", text)], Reading())
    assert (event.kind, event.session, bytes(event.data)) == ("rise", None, b'{"deep":{"down":1}}')


def test_the_half_line_of_a_killed_writer_is_passed_over(tmp_path: Path) -> None:
    reading = Reading()
    cut = line(2, 2)[:-20]
    events = list(read_events([part(tmp_path, "a.jsonl", line(1, 1), cut)], reading))
    assert [event.seq for event in events] == [1]
    assert (reading.is_tail_cut, reading.lines_lost) == (True, {})


def test_a_line_that_is_no_event_is_counted_and_costs_no_other(tmp_path: Path) -> None:
    reading = Reading()
    bad = [b"not json\n", b'{"v":1}\n', b"\n", b"\xff\xfe\n"]
    file = part(tmp_path, "a.jsonl", line(1, 1), *bad, line(2, 2))
    assert [event.seq for event in read_events([file], reading)] == [1, 2]
    assert reading.lines_lost == {"a.jsonl": 4}


def test_an_empty_part_is_no_event(tmp_path: Path) -> None:
    assert list(read_events([part(tmp_path, "a.jsonl")], Reading())) == []
    assert list(read_events([], Reading())) == []


def test_a_line_may_lie_across_two_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = part(tmp_path, "a.jsonl", *(line(at, at) for at in range(50)))
    monkeypatch.setattr(trace, "CHUNK_BYTES", 7)
    assert [event.seq for event in read_events([file], Reading())] == list(range(50))
