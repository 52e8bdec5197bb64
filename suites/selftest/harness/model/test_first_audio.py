"""When a message was first heard, and from when on it could have been."""

import pytest

from harness.model.conditions import Conditions, FaultWindow
from harness.model.first_audio import is_held, turn_ns, voiced_by
from harness.model.target import Behaviour
from harness.model.views import (
    AudioReceived,
    Command,
    MessageView,
    Origin,
    Signal,
    StreamView,
)

KEY = 1 << 32 | 2 << 16
MS = 1_000_000


def message(**changes: object) -> MessageView:
    origin = Origin(behaviour=Behaviour(on_new_message="queue"))
    view = MessageView(session="s1", message="m2", speak=Command(at_ns=100 * MS), origin=origin)
    for name, value in changes.items():
        setattr(view, name, value)
    return view


@pytest.mark.parametrize(
    ("started_ms", "turn_ms"), [(None, None), (110, 100), (200, 100), (201, 201)]
)
def test_in_a_queue_a_late_start_signal_is_the_turn(
    started_ms: int | None, turn_ms: int | None
) -> None:
    starts = [] if started_ms is None else [Signal(at_ns=started_ms * MS, kind="start")]
    assert turn_ns(message(starts=starts)) == (None if turn_ms is None else turn_ms * MS)


def test_without_a_queue_the_turn_is_the_request() -> None:
    assert turn_ns(message(origin=Origin())) == 100 * MS


def test_the_stream_that_was_heard_first_counts() -> None:
    one = StreamView(exchange=1, socket=1, opened_ns=0, key=KEY, first_sent_ns=5)
    two = StreamView(exchange=2, socket=2, opened_ns=0, key=KEY | 1, first_sent_ns=9)
    audio = [AudioReceived(at_ns=10, label="m2", bytes=4, runs=((KEY | 1, 0, 2),))]
    assert voiced_by(message(streams=[one, two], audio=audio)) is two
    assert voiced_by(message(streams=[one, two])) is one
    assert voiced_by(message()) is None


@pytest.mark.parametrize(
    ("fault", "held"),
    [("network_latency", False), ("network_stall", True), ("network_reset", True)],
)
def test_only_a_latency_has_a_delay_that_is_proven(fault: str, *, held: bool) -> None:
    window = FaultWindow(fault=fault, link="client", from_ns=10, until_ns=20)
    assert is_held(Conditions(windows=[window]), 15, 30) is held
    assert not is_held(Conditions(windows=[window]), 21, 30)
