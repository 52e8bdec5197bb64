"""What the upstream answered, as far as it could be seen."""

import msgspec
import pytest

from harness.model.answers import (
    has_strange_marker,
    may_end_by_idle,
    reason_of,
    unsaid_streams,
    visible_failures,
)
from harness.model.conditions import Conditions, FaultWindow
from harness.model.target import Behaviour
from harness.model.units import NS_PER_MS
from harness.model.views import (
    Command,
    MessageView,
    Origin,
    Signal,
    StreamView,
)


def a_stream(**facts: object) -> StreamView:
    return StreamView(**{"exchange": 1, "socket": 1, "opened_ns": 5, "sentences": (0,), **facts})  # type: ignore[arg-type]


def a_message(*streams: StreamView, end_ns: int | None = None, **declared: object) -> MessageView:
    behaviour = msgspec.convert(declared, Behaviour)
    message = MessageView(
        session="s1",
        message="m1",
        speak=Command(at_ns=1),
        origin=Origin(behaviour=behaviour),
        streams=list(streams),
    )
    if end_ns is not None:
        message.ends.append(Signal(at_ns=end_ns, detail="done"))
    return message


def test_the_reason_is_read_by_the_targets_words() -> None:
    assert reason_of(a_message(end_ns=9, reasons={"done": "completed"})) == "completed"
    assert reason_of(a_message(end_ns=9, reasons={"over": "completed"})) is None
    assert reason_of(a_message(end_ns=9)) is None
    assert reason_of(a_message(reasons={"done": "completed"})) is None


@pytest.mark.parametrize(("known", "may"), [("none", True), ("silence", True), ("text", False)])
def test_silence_is_an_ending_where_it_is_declared(known: str, *, may: bool) -> None:
    assert may_end_by_idle(Behaviour(end_markers=("json", known))) is may


@pytest.mark.parametrize(
    ("marker", "is_strange"), [("text:__END__", False), ("body", False), ("close:1000", True)]
)
def test_a_marker_is_known_by_its_kind(marker: str, *, is_strange: bool) -> None:
    message = a_message(a_stream(marker=marker, ended_ns=8))
    assert has_strange_marker(message) is is_strange


def test_a_marker_says_that_a_stream_is_complete() -> None:
    ended, silent = a_stream(marker="text", ended_ns=8), a_stream(sentences=(1,))
    assert unsaid_streams(a_message(ended, silent)) == [silent]


def test_a_refusal_without_a_name_is_unsaid_while_nothing_follows_it() -> None:
    refused = a_stream(sentences=(), failed_ns=7, ended_ns=7, failed_how="status 503")
    assert unsaid_streams(a_message(refused)) == [refused]
    assert visible_failures(a_message(refused)) == [(refused, 7)]
    again = a_stream(marker="text", ended_ns=8)
    assert unsaid_streams(a_message(refused, again)) == []


def test_a_segment_that_was_said_by_other_pieces_is_said() -> None:
    whole = a_stream(sentences=(0, 1), failed_ns=7, failed_how="rst")
    pieces = [a_stream(sentences=(n,), marker="text", ended_ns=8) for n in (0, 1)]
    assert visible_failures(a_message(whole, *pieces)) == []
    assert visible_failures(a_message(whole, pieces[0])) == [(whole, 7)]


def test_a_failure_after_the_end_signal_is_none() -> None:
    failed = a_stream(failed_ns=7, failed_how="rst")
    assert visible_failures(a_message(failed, end_ns=7)) == [(failed, 7)]
    assert visible_failures(a_message(failed, end_ns=6)) == []


def test_a_refusal_that_nobody_waited_for_is_no_failure() -> None:
    assert visible_failures(a_message(a_stream(failed_ns=7, failed_how="status 499"))) == []


@pytest.mark.parametrize(("how", "count"), [("fin", 0), ("close 1000", 0), ("rst", 1)])
def test_where_idle_is_an_ending_a_whole_speech_may_just_go_away(how: str, count: int) -> None:
    whole = a_stream(failed_ns=7, failed_how=how, total_samples=20, sent_until=20)
    assert len(visible_failures(a_message(whole, end_markers=["none"]))) == count
    assert len(visible_failures(a_message(whole))) == 1
    part = a_stream(failed_ns=7, failed_how=how, total_samples=20, sent_until=19)
    assert len(visible_failures(a_message(part, end_markers=["none"]))) == 1


@pytest.mark.parametrize(
    ("by", "link", "count"),
    [("peer", "upstream", 1), ("own", "upstream", 0), ("peer", "client", 0)],
)
def test_a_live_stream_that_our_own_reset_cut_off_has_failed(
    by: str, link: str, count: int
) -> None:
    window = FaultWindow(fault="network_reset", link=link, from_ns=0, until_ns=9 * NS_PER_MS)
    message = a_message(a_stream(released_ns=7 * NS_PER_MS, released_by=by))
    message.origin = Origin(conditions=Conditions(windows=[window]))
    assert len(visible_failures(message)) == count
