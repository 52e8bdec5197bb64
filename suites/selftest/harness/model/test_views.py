"""What the view of a message says of itself."""

import pytest

from harness.model.target import Behaviour
from harness.model.views import (
    AudioReceived,
    CleanupCall,
    Command,
    MessageView,
    Origin,
    Signal,
    StreamView,
)

KEY = 1 << 32 | 1 << 16
"""Session 1, message 1."""
ASKED = Command(at_ns=1)
END = Signal(at_ns=100)


def message(behaviour: Behaviour | None = None, /, **facts: object) -> MessageView:
    origin = Origin(behaviour=behaviour or Behaviour())
    made = MessageView(session="s1", message="m1", speak=ASKED, origin=origin, seen_until_ns=900)
    for name, value in facts.items():
        setattr(made, name, value)
    return made


def stream(exchange: int, *, sentences: tuple[int, ...] = (0,), **facts: object) -> StreamView:
    made = StreamView(exchange=exchange, socket=exchange, opened_ns=exchange, sentences=sentences)
    for name, value in facts.items():
        setattr(made, name, value)
    return made


def test_a_stream_lives_until_the_first_of_its_ends() -> None:
    assert stream(1).live_until_ns is None
    assert stream(1, ended_ns=50, released_ns=40).live_until_ns == 40
    assert stream(1, socket_closed_ns=30).is_settled
    assert not stream(1, ended_ns=30).is_settled


def test_an_error_before_anything_else_is_a_refusal() -> None:
    refused = Signal(at_ns=5, kind="error")
    assert message(errors=[refused]).is_rejected
    assert not message(errors=[refused], streams=[stream(1)]).is_rejected
    assert not message().is_rejected


def test_its_samples_are_counted_by_session_and_message() -> None:
    assert message().mark == KEY >> 16
    runs = ((KEY, 0, 10), (KEY | 1 << 8, 0, 5), (KEY + (1 << 16), 0, 3))
    assert message().own_samples(AudioReceived(at_ns=5, bytes=36, runs=runs)) == 15


def test_only_a_target_that_queues_lets_a_message_wait() -> None:
    assert message(Behaviour(on_new_message="queue")).is_waiting
    assert not message(Behaviour(on_new_message="queue"), starts=[END]).is_waiting
    assert not message().is_waiting


def test_a_client_that_leaves_when_the_end_came_has_not_left_the_message() -> None:
    assert message(left_ns=100, ends=[END]).client_left
    assert not message(left_ns=101, ends=[END]).client_left
    assert message(left_ns=101).client_left


def test_nobody_can_notice_a_client_that_vanishes() -> None:
    assert message(left_ns=50, left_how="fin").noticed_left_ns == 50
    assert message(left_ns=50, left_how="vanish").noticed_left_ns is None


def test_a_client_hears_until_it_leaves_or_is_let_go() -> None:
    assert message().watched_until_ns == 900
    assert message(left_ns=300, lost_ns=200).watched_until_ns == 200


def test_the_last_attempt_of_each_sentence_is_final() -> None:
    first, second, again = stream(1), stream(2, sentences=(1,)), stream(3)
    refused = stream(4, sentences=())
    assert message(streams=[first, second, again]).final_streams == [again, second]
    assert message(streams=[refused, again]).final_streams == [again]
    assert message(streams=[again, refused]).final_streams == [again, refused]


def test_samples_belong_to_the_message_of_their_watermark() -> None:
    frame = AudioReceived(at_ns=9, bytes=20, runs=((KEY, 0, 6), (KEY + (1 << 16), 0, 4)))
    assert message().own_samples(frame) == 6
    assert message().is_heard_in(frame)


def test_audio_without_marks_is_heard_by_its_name_only_where_they_are_not_promised() -> None:
    unmarked = AudioReceived(at_ns=9, label="m1", bytes=20, zeros=4)
    assert not message().is_heard_in(unmarked)
    assert message(Behaviour(fidelity="none")).is_heard_in(unmarked)
    silent = AudioReceived(at_ns=9, label="m1", bytes=20, zeros=10)
    assert not message(Behaviour(fidelity="none")).is_heard_in(silent)


def test_a_sound_of_any_origin_comes_before_what_is_heard_of_the_message() -> None:
    view = message()
    view.take_heard(AudioReceived(at_ns=5, bytes=20, zeros=10))
    view.take_heard(AudioReceived(at_ns=6, bytes=20, foreign=10))
    view.take_heard(AudioReceived(at_ns=7, bytes=20, runs=((KEY, 0, 10),)))
    view.take_heard(AudioReceived(at_ns=8, bytes=20, runs=((KEY, 10, 10),)))
    assert (view.first_sound_ns, view.first_heard_ns, view.heard_samples) == (6, 7, 20)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({}, "ended"),
        ({"streams": [stream(1, failed_ns=50)]}, "failed"),
        ({"streams": [stream(1, fault="stall")], "cleaned": CleanupCall(at_ns=9)}, "cleaned up"),
        ({"cleaned": CleanupCall(at_ns=9), "superseded": ASKED}, "superseded"),
        ({"superseded": ASKED, "stop": ASKED}, "stopped"),
        ({"stop": ASKED, "left_ns": 50}, "client left"),
    ],
)
def test_the_ending_is_what_came_from_the_client_before_what_failed(
    facts: dict[str, object], word: str
) -> None:
    assert message(ends=[END], **facts).ending == word


def test_stop_speak_cleanup_and_a_rival_interrupt_a_message() -> None:
    assert not message().was_interrupted
    assert message(crossed_by=ASKED).was_interrupted
    assert message(cleaned=CleanupCall(at_ns=9)).was_interrupted
    assert message(voided_ns=9).was_interrupted
