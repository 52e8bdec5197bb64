from pathlib import Path

import msgspec

from harness.engine.recorder import open_recorder, redact
from harness.model.clock import MonotonicClock
from harness.model.events import LeftData
from harness.model.trace import Reading, read_events


def test_every_event_is_on_disk_before_the_next_one(tmp_path: Path) -> None:
    file = tmp_path / "harness.jsonl"
    with open_recorder(file, MonotonicClock()) as recorder:
        recorder.record("client", "client_left", LeftData(how="fin"), session="s1")
        assert file.read_bytes().endswith(b"\n")
        recorder.record("runner", "scenario_ended", {"run": "happy_path"})
    first, second = read_events([file], Reading())
    assert (first.seq, first.session, first.source) == (1, "s1", "client")
    assert msgspec.json.decode(first.data) == {"how": "fin"}
    assert second.seq == 2
    assert second.at_ns >= first.at_ns


def test_secrets_do_not_reach_the_disk(tmp_path: Path) -> None:
    file = tmp_path / "harness.jsonl"
    with open_recorder(file, MonotonicClock()) as recorder:
        recorder.record("client", "x", {"headers": {"Authorization": "Bearer gsk_1"}, "a": 1})
    assert b"gsk_1" not in file.read_bytes()
    assert redact({"API_KEY": "k", "b": 2}) == {"API_KEY": "[redacted]", "b": 2}
