"""What brings a message to its end, and since when."""

import msgspec
import pytest

from harness.model.causes import CLEANUP, Cause, causes_of, cleaned_ns, idle_ms
from harness.model.target import Behaviour
from harness.model.units import NS_PER_MS
from harness.model.views import (
    AudioReceived,
    CleanupCall,
    Command,
    MessageView,
    Origin,
    Signal,
    StreamView,
)


def ns(milliseconds: int) -> int:
    return milliseconds * NS_PER_MS


def cause_of(message: MessageView) -> Cause:
    """Return the one cause; none or several are a failure of the test."""
    (one,) = causes_of(message)
    return one


def a_message(
    *streams: StreamView, heard_ms: tuple[int, ...] = (), **declared: object
) -> MessageView:
    behaviour = msgspec.convert({"completion_idle_ms": 1000, **declared}, Behaviour)
    return MessageView(
        session="s1",
        message="m1",
        speak=Command(at_ns=ns(1)),
        origin=Origin(behaviour=behaviour),
        streams=list(streams),
        audio=[AudioReceived(at_ns=ns(at_ms), bytes=3840) for at_ms in heard_ms],
    )


def a_stream(**facts: int | str | tuple[int, ...] | None) -> StreamView:
    times = {
        f"{name[:-3]}_ns": ns(value)
        for name, value in facts.items()
        if name.endswith("_ms") and isinstance(value, int)
    }
    others = {name: value for name, value in facts.items() if not name.endswith("_ms")}
    return StreamView(exchange=1, socket=1, **{"opened_ns": ns(5), **times, **others})  # type: ignore[arg-type]


def test_nothing_is_known_without_a_stream_or_a_command() -> None:
    assert causes_of(a_message()) == []


def test_the_earliest_command_counts_beside_the_upstream() -> None:
    message = a_message(a_stream(ended_ms=50))
    ended = Cause(what="the upstream's end", at_ns=ns(50))
    message.superseded = Command(at_ns=ns(90), effective_ns=ns(100))
    superseded = Cause(what="the superseding message", at_ns=ns(100), is_command=True)
    assert causes_of(message) == [superseded, ended]
    message.stop = Command(at_ns=ns(80), effective_ns=ns(99))
    assert causes_of(message) == [Cause(what="STOP", at_ns=ns(99), is_command=True), ended]


def test_the_end_of_the_upstream_or_the_last_audio_before_the_end_signal() -> None:
    message = a_message(a_stream(ended_ms=50), heard_ms=(40, 60, 90))
    assert cause_of(message) == Cause(what="the upstream's end", at_ns=ns(90))
    message.ends.append(Signal(at_ns=ns(70)))
    assert cause_of(message) == Cause(what="the upstream's end", at_ns=ns(60))


def test_a_failure_counts_and_not_the_streams_that_were_let_go_for_it() -> None:
    failed = a_stream(failed_ms=50, sentences=(0,))
    prefetched = a_stream(released_ms=52, sentences=(1,))
    assert cause_of(a_message(failed, prefetched)) == Cause(
        what="the upstream's failure", at_ns=ns(50)
    )


def test_an_attempt_that_was_repeated_counts_no_more() -> None:
    failed, again = a_stream(failed_ms=50, sentences=(0,)), a_stream(ended_ms=90, sentences=(0,))
    assert cause_of(a_message(failed, again)) == Cause(what="the upstream's end", at_ns=ns(90))
    refused = a_stream(failed_ms=20, ended_ms=20)
    assert cause_of(a_message(refused, again)) == Cause(what="the upstream's end", at_ns=ns(90))


@pytest.mark.parametrize("fault", ["stall_mid_stream", "missing_marker", None])
def test_silence_begins_with_the_last_byte(fault: str | None) -> None:
    stream = a_stream(last_sent_ms=50, fault=fault)
    assert cause_of(a_message(stream)) == Cause(
        what="the upstream's last byte", at_ns=ns(50), is_silent=True
    )


@pytest.mark.parametrize("fault", ["marker_in_wrong_frame_type", "merged_marker"])
def test_a_marker_that_cannot_be_read_leaves_silence(fault: str) -> None:
    stream = a_stream(last_sent_ms=50, ended_ms=51, fault=fault)
    assert cause_of(a_message(stream)).is_silent


def test_silence_of_a_stream_that_never_spoke_begins_with_its_opening() -> None:
    stream = a_stream(fault="stall_before_first_byte", released_ms=1005)
    assert cause_of(a_message(stream)) == Cause(
        what="the upstream's last byte", at_ns=ns(5), is_silent=True
    )


def test_a_healthy_stream_that_was_let_go_of_is_no_cause() -> None:
    assert causes_of(a_message(a_stream(last_sent_ms=50, released_ms=60))) == []


def test_playing_ends_after_the_buffer_and_waits_for_late_frames() -> None:
    heard_ms = (100, 101, 700)
    message = a_message(a_stream(ended_ms=50), heard_ms=heard_ms, end_signal="playback")
    assert cause_of(message) == Cause(what="the upstream's end", at_ns=ns(780))


def test_the_idle_time_is_another_one_before_the_first_byte() -> None:
    mute, spoke = a_stream(), a_stream(last_sent_ms=50)
    assert idle_ms(a_message(mute, first_byte_ms=3000)) == 3000
    assert idle_ms(a_message(spoke, first_byte_ms=3000)) == 1000
    assert idle_ms(a_message(first_byte_ms=3000, heard_ms=(60,))) == 1000


def a_cleanup(*, at_ms: int, answered_ms: int | None, status: int = 200) -> CleanupCall:
    answered_ns = None if answered_ms is None else ns(answered_ms)
    return CleanupCall(at_ns=ns(at_ms), answered_ns=answered_ns, status=status)


def test_a_cleanup_counts_from_its_answer_beside_the_upstream() -> None:
    message = a_message(a_stream(ended_ms=50))
    message.cleaned = a_cleanup(at_ms=20, answered_ms=30)
    cleaned = Cause(what=CLEANUP, at_ns=ns(30))
    assert causes_of(message) == [cleaned, Cause(what="the upstream's end", at_ns=ns(50))]


@pytest.mark.parametrize(("answered_ms", "status"), [(None, 0), (30, 0), (30, 404), (30, 500)])
def test_a_cleanup_without_a_good_answer_may_have_done_nothing(
    answered_ms: int | None, status: int
) -> None:
    message = a_message(a_stream())
    message.cleaned = a_cleanup(at_ms=20, answered_ms=answered_ms, status=status)
    assert cleaned_ns(message) is None


@pytest.mark.parametrize(("at_ms", "is_cause"), [(29, False), (30, True)])
def test_a_cleanup_that_may_have_overtaken_the_speak_is_no_cause(
    at_ms: int, *, is_cause: bool
) -> None:
    message = a_message(a_stream(opened_ms=40))
    message.speak.effective_ns = ns(30)
    message.cleaned = a_cleanup(at_ms=at_ms, answered_ms=35)
    assert (cleaned_ns(message) is not None) is is_cause
    message.starts.append(Signal(at_ns=ns(25)))
    assert cleaned_ns(message) == ns(35)
