import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fake_groq.ledger import UNWRITTEN_MAX, Ledger, Subject, open_ledger


def lines(ledger: Ledger, since: int = 0) -> list[int]:
    return [json.loads(line)["seq"] for line in ledger.read(since)]


def test_each_event_is_one_line_with_the_whole_envelope(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with open_ledger(path) as ledger:
        ledger.write("stream_opened", {"exchange": 1}, Subject("s1", "m2", 7))
        event = json.loads(path.read_text())  # readable before it is closed
    assert list(event) == (
        ["v", "seq", "at_ns", "clock", "source", "kind", "session", "message", "stream", "data"]
    )
    assert event["clock"].endswith("-mono")
    del event["at_ns"], event["clock"]
    assert event == {
        "v": 1,
        "seq": 1,
        "source": "upstream",
        "kind": "stream_opened",
        "session": "s1",
        "message": "m2",
        "stream": 7,
        "data": {"exchange": 1},
    }


def test_reading_begins_behind_any_event(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "ledger") as ledger:
        for _ in range(1000):
            ledger.write("x", {"long": "x" * 200})
        for since in (0, 1, 254, 255, 256, 257, 511, 512, 999, 1000, 5000):
            assert lines(ledger, since) == list(range(since + 1, 1001))


def test_what_was_in_the_file_stays_and_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    path.write_text("old\n")
    with open_ledger(path) as ledger:
        ledger.write("x", {})
        assert lines(ledger) == [1]
    assert path.read_text().startswith("old\n{")


def test_a_reset_moves_the_start_of_reading_and_changes_no_byte(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with open_ledger(path) as ledger:
        ledger.write("x", {})
        assert ledger.reset() == 1
        ledger.write("y", {})
        assert lines(ledger) == [2]
    assert len(path.read_text().splitlines()) == 2


def test_without_a_path_it_can_still_be_read() -> None:
    with open_ledger(None) as ledger:
        ledger.write("x", {})
        assert lines(ledger) == [1]


def test_the_events_of_one_turn_are_written_together(tmp_path: Path) -> None:
    turn = list[Callable[[], None]]()
    path = tmp_path / "ledger"
    with open_ledger(path, turn.append) as ledger:
        ledger.write("x", {})
        ledger.write("y", {})
        assert path.read_text() == ""
        (end_of_turn,) = turn
        end_of_turn()
        assert [json.loads(line)["kind"] for line in path.read_text().splitlines()] == ["x", "y"]
        ledger.write("z", {})
        assert len(turn) == 2


def test_a_turn_with_many_events_writes_in_between(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with open_ledger(path, lambda _: None) as ledger:
        for _ in range(UNWRITTEN_MAX):
            ledger.write("x", {})
        assert len(path.read_text().splitlines()) == UNWRITTEN_MAX


def test_what_is_unwritten_is_written_for_who_reads_and_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with open_ledger(path, lambda _: None) as ledger:
        ledger.write("x", {})
        assert lines(ledger) == [1]
        ledger.write("x", {})
        assert ledger.reset() == 2
        ledger.write("x", {})
        assert lines(ledger) == [3]
        ledger.write("x", {})
    assert len(path.read_text().splitlines()) == 4


def test_a_full_disk_is_kept_as_the_failure() -> None:
    descriptor = os.open("/dev/full", os.O_RDWR)
    try:
        ledger = Ledger(descriptor)
        ledger.write("x", {})
        ledger.write("x", {})
        assert ledger.failure is not None
        assert (ledger.failure.strerror, ledger.seq) == ("No space left on device", 1)
    finally:
        os.close(descriptor)


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Is a directory"), open_ledger(tmp_path):
        pass
