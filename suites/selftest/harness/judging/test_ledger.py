"""The upstream's side of the trace."""

import pytest

from harness.judging.ledger import Ledger
from harness.model.events import Event
from harness.model.views import StreamView
from suites.selftest.harness.story import FRAME, Story, key


def feed(ledger: Ledger, event: Event) -> None:
    if event.kind in ledger.handlers:
        ledger.handlers[event.kind](event)


def streams(story: Story) -> list[StreamView]:
    found: list[StreamView] = []
    ledger = Ledger(on_stream=found.append)
    for event in story.events():
        feed(ledger, event)
    return found


def test_a_stream_says_whose_it_is_and_what_was_sent() -> None:
    story = Story().opened(0, 2, frames=5, sentences=(1, 2), count=1)
    story.sent(100, 2, 2, sentence=1, count=1).sent(420, 1, 2, first_frame=3, zeros=FRAME)
    (stream,) = streams(story)
    assert (stream.session, stream.message, stream.sentences) == ("s1", "m2", (1, 2))
    assert (stream.key, stream.count) == (key(2, sentence=1, count=1), 1)
    assert (stream.sent_samples, stream.sent_zeros, stream.sent_until) == (
        3 * FRAME,
        FRAME,
        4 * FRAME,
    )
    assert stream.silence_ns == 240_000_000


@pytest.mark.parametrize(
    "story",
    [
        Story().opened(0).ended(50).released(60).socket_closed(70),
        Story().opened(0).released(50).ended(60).socket_closed(70),
        Story().opened(0).socket_closed(50).released(60),
    ],
)
def test_a_stream_is_live_until_the_first_of_its_ends(story: Story) -> None:
    (stream,) = streams(story)
    assert stream.live_until_ns is not None
    assert stream.live_until_ns - stream.opened_ns == 50_000_000
    assert stream.is_settled


def test_the_first_word_counts() -> None:
    story = Story().opened(0).ended(50).ended(90).released(60, how="fin").released(95, how="rst")
    (stream,) = streams(story.failed(70, how="rst").failed(80, how="other"))
    assert (stream.released_how, stream.failed_how) == ("fin", "rst")


def test_a_refusal_is_a_stream_that_failed_at_once() -> None:
    (stream,) = streams(Story().refused(5, status=429).socket_closed(9))
    assert (stream.fault, stream.failed_how, stream.message) == ("error_status", "status 429", "m1")
    assert stream.failed_ns == stream.live_until_ns == stream.opened_ns
    (after,) = streams(Story().opened(0, fault="error_status").refused(5))
    assert after.failed_ns is not None
    assert after.failed_ns > after.opened_ns


def test_a_stall_is_the_streams_fault() -> None:
    (stream,) = streams(Story().opened(0).stalled(50))
    assert stream.fault == "stall_mid_stream"


def test_one_socket_may_carry_many_streams() -> None:
    story = Story().opened(0, 1, socket=7).opened(90, 2, socket=7).ended(80, 1).socket_closed(99, 7)
    first, second = streams(story)
    assert first.socket_closed_ns == second.socket_closed_ns
    assert first.live_until_ns == first.ended_ns


def test_what_is_forgotten_is_let_go_of_unless_it_is_live() -> None:
    found: list[StreamView] = []
    ledger = Ledger(on_stream=found.append)
    for event in Story().opened(0, 1, socket=7).opened(1, 2, socket=7).ended(80, 1).events():
        feed(ledger, event)
    for stream in found:
        ledger.forget(stream)
    for event in Story().released(90, 1).released(90, 2).socket_closed(95, 7).events():
        feed(ledger, event)
    assert [stream.released_ns is not None for stream in found] == [False, True]
    assert [stream.socket_closed_ns is not None for stream in found] == [False, True]


def test_events_of_streams_that_nobody_knows_are_passed_over() -> None:
    story = Story().sent(1).ended(2).released(3).failed(4).stalled(5).socket_closed(6)
    assert streams(story) == []


def test_profiles_are_counted_by_requests_that_were_accepted() -> None:
    ledger = Ledger(on_stream=lambda _: None)
    for event in Story().opened(0, profile="http").refused(10, 2, message=2).events():
        feed(ledger, event)
    assert (ledger.profiles, ledger.streams_total) == ({"http": 1}, 2)
