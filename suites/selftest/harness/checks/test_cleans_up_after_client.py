"""CLN-3 by stories."""

from typing import Any

import msgspec
import pytest

from harness.model.events import SentData
from harness.model.verdict import Verdict
from suites.selftest.harness.judged import (
    all_findings,
    exposures,
    finding,
    findings,
    unjudged,
    verdict,
)
from suites.selftest.harness.story import UPSTREAM, Story

RULE = "CLN-3"
QUEUE = {"on_new_message": "queue"}
PINGS: dict[str, Any] = {"vanish_detection": "ping", "vanish_detection_ms": 4000}


def left(let_go_ms: float | None, *, how: str = "close") -> Story:
    """A client that leaves in mid-stream at 300 ms."""
    story = Story().begun(0, 300, frames=99).leave(300, how=how)
    if let_go_ms is not None:
        story.let_go(let_go_ms, socket_after_ms=0)
    return story.lane_closing(9000)


@pytest.mark.parametrize("how", ["close", "fin", "rst"])
@pytest.mark.parametrize(("let_go_ms", "count"), [(302, 0), (1300, 0), (1301, 1)])
def test_all_is_let_go_within_1000_ms(how: str, let_go_ms: float, count: int) -> None:
    assert len(findings(RULE, left(let_go_ms, how=how))) == count
    assert exposures(RULE, left(let_go_ms, how=how)) == {f"streaming, {how}": 1}


def test_the_sentence_says_how_late() -> None:
    assert finding(RULE, left(2300, how="rst")) == (
        "an upstream socket of message m1 of s1 was let go 2000 ms after its client had left"
        " (streaming, rst). Limit: 1000 ms."
    )
    assert "an upstream stream of message m1 of s1 was still held" in finding(RULE, left(None))


def test_each_phase_is_counted() -> None:
    idle = Story().leave(300)
    early = Story().speak(0).start(3).opened(5).leave(50).let_go(52)
    ended = Story().voiced(0).leave(900)
    draining = Story().begun(0, 300, frames=3).ended(300).leave(310).socket_closed(312)
    stories = {"idle": idle, "requested": early, "ended": ended, "draining": draining}
    for phase, story in stories.items():
        assert all_findings(story.lane_closing(9000)) == {}
        assert exposures(RULE, story) == {f"{phase}, close": 1}


def test_a_queued_message_that_is_started_for_nobody_fails() -> None:
    story = Story().begun(0, 300).speak(200, 2).leave(300).let_go(303)
    story.opened(1400, 2).ended(1800, 2).socket_closed(1802, 2).lane_closing(9000)
    assert finding(RULE, story, behaviour=QUEUE) == (
        "an upstream socket of message m2 of s1 was opened 1100 ms after its client had left"
        " (streaming, close). Limit: 1000 ms."
    )


def test_a_stream_that_was_on_its_way_is_let_go_in_the_same_time() -> None:
    for let_go_ms, count in ((320, 0), (1301, 1)):
        story = Story().begun(0, 300).speak(299, 2).leave(300).let_go(303)
        story.opened(304, 2).let_go(let_go_ms, 2, socket_after_ms=0).lane_closing(9000)
        assert len(findings(RULE, story)) == count


def test_the_socket_of_a_session_is_closed_too_but_one_of_a_pool_may_stay() -> None:
    story = Story().begun(0, 300).leave(300).released(302, how="cancel").lane_closing(9000)
    assert "upstream socket" in finding(RULE, story, behaviour={"upstream_socket": "per_session"})
    assert findings(RULE, story, behaviour={"upstream_socket": "pooled"}) == []
    story.socket_closed(310)
    assert findings(RULE, story, behaviour={"upstream_socket": "per_session"}) == []


def test_a_close_handshake_may_be_waited_for() -> None:
    story = Story().begun(0, 300).leave(300).released(302).socket_closed(4000).lane_closing(14000)
    assert findings(RULE, story) == []
    too_long = Story().begun(0, 300).leave(300).released(302).lane_closing(14000)
    assert "still held" in finding(RULE, too_long, behaviour={"close_handshake_ms": 8000})


def test_a_far_link_gives_as_much_time_as_it_takes() -> None:
    assert len(findings(RULE, left(1450))) == 1
    assert findings(RULE, left(1450).latency(-500, 3000, link="client", latency_ms=180)) == []


def test_behind_a_black_hole_nothing_can_be_said() -> None:
    for link in ("client", "upstream"):
        story = left(2300).fault(400, 900, name="network_stall", link=link)
        assert unjudged(RULE, story) == {"link_fault": 1}


def test_a_lane_that_closes_too_early_says_nothing() -> None:
    story = Story().begun(0, 300).leave(300).lane_closing(900)
    assert unjudged(RULE, story) == {"cut": 1}
    assert exposures(RULE, story) == {}


def test_a_client_that_stayed_or_was_let_go_is_no_case() -> None:
    lost = Story().begun(0, 300).let_go(298).lost(300).lane_closing(9000)
    flooded = left(None, how="flooded")
    for story in (lost, flooded, Story().begun(0, 300)):
        assert exposures(RULE, story) == {}


# -- clients that say nothing --------------------------------------------------------------


def gone(how: str, *, let_go_ms: float, lost_ms: float | None) -> Story:
    """A client that goes silent at 300 ms, and listens again for a moment 5000 ms later."""
    story = Story().begun(0, 300, frames=99)
    story.event(300, "client", "client_left", {"how": how}, session=1)
    if lost_ms is not None:
        story.event(lost_ms, "client", "connection_lost", {"how": "fin"}, session=1)
    over_ms = (lost_ms or 7800) + 1
    story.event(over_ms, "client", "session_over", session=1)
    return story.let_go(let_go_ms, socket_after_ms=0).lane_closing(15_000)


@pytest.mark.parametrize("how", ["vanish", "half_open"])
def test_a_client_that_went_silent_is_let_go_in_the_declared_time(how: str) -> None:
    for let_go_ms, count in ((4300, 0), (4301, 1)):
        story = gone(how, let_go_ms=let_go_ms, lost_ms=5301)
        assert len(findings(RULE, story, behaviour=PINGS)) == count
        assert exposures(RULE, story, behaviour=PINGS) == {f"streaming, {how}": 1}


@pytest.mark.parametrize("how", ["vanish", "half_open"])
def test_a_client_that_went_silent_and_is_never_let_go_fails(how: str) -> None:
    story = gone(how, let_go_ms=2000, lost_ms=None)
    assert finding(RULE, story, behaviour=PINGS) == (
        f"the client of s1 was still held 7501 ms after it had gone silent (streaming, {how})."
        " Limit: 4000 ms."
    )


def test_behind_a_proxy_only_pings_can_tell_that_a_client_vanished() -> None:
    story = gone("vanish", let_go_ms=7000, lost_ms=None)
    quiet = {"vanish_detection_ms": 4000}
    assert exposures(RULE, story, behaviour=quiet) == {}
    assert findings(RULE, story, behaviour=quiet) == []
    story = gone("half_open", let_go_ms=7000, lost_ms=None)
    assert len(findings(RULE, story, behaviour=quiet)) == 2


def test_a_client_that_stops_watching_before_the_limit_says_nothing() -> None:
    story = Story().event(300, "client", "client_left", {"how": "vanish"}, session=1)
    story.event(900, "client", "session_over", session=1).lane_closing(9000)
    assert unjudged(RULE, story, behaviour=PINGS) == {"cut": 1}


@pytest.mark.parametrize(("more", "count"), [(0, 0), (1, 1)])
def test_for_a_client_that_reads_nothing_the_sut_keeps_no_more_than_declared(
    more: int, count: int
) -> None:
    story = gone("half_open", let_go_ms=2000, lost_ms=5302)
    read_bytes = sent_bytes = 3 * 3840  # three frames had been sent and read
    most = 1024 + 16 * 1024 * 1024
    data = SentData(exchange=1, bytes=read_bytes + most - sent_bytes + more)
    story.event(310, UPSTREAM, "stream_sent", msgspec.to_builtins(data))
    behaviour = PINGS | {"buffer_bytes_max": 1024}
    found = findings(RULE, story, behaviour=behaviour)
    assert len(found) == count
    assert all(f"could write {most + 1} bytes of message m1" in one for one in found)


def test_it_needs_the_ledger() -> None:
    assert verdict(RULE, left(None), vantages="C") is Verdict.NOT_OBSERVABLE
