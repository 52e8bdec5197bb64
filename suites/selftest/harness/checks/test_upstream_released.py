"""OWN-3 by stories."""

import pytest

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import (
    all_findings,
    exposures,
    finding,
    findings,
    unjudged,
    verdict,
)
from suites.selftest.harness.story import Story
from suites.selftest.harness.wide_story import WideStory

RULE = "OWN-3"


def ended(*, socket_closed_ms: float | None) -> Story:
    """A message whose end signal comes at 270 ms."""
    story = Story().speak(0).start(3).opened(5).sent(100, 3).heard(101, 3).ended(262).end(270)
    if socket_closed_ms is not None:
        story.socket_closed(socket_closed_ms)
    return story.leave(900).lane_closing(3000)


@pytest.mark.parametrize(("closed_ms", "count"), [(264, 0), (1270, 0), (1271, 1)])
def test_a_per_message_socket_is_closed_within_1000_ms(closed_ms: float, count: int) -> None:
    assert len(findings(RULE, ended(socket_closed_ms=closed_ms))) == count
    assert exposures(RULE, ended(socket_closed_ms=closed_ms)) == {"ended": 1}


def test_the_sentence_says_how_late() -> None:
    assert finding(RULE, ended(socket_closed_ms=2270)) == (
        "the upstream socket of message m1 of s1 (ended) was let go 2000 ms after the message"
        " was over. Limit: 1000 ms."
    )


def test_a_socket_that_is_still_held_when_the_lane_closes_fails() -> None:
    assert "was still held 2730 ms" in finding(RULE, ended(socket_closed_ms=None))


def test_a_session_socket_or_a_pooled_one_may_stay() -> None:
    for declared in ("per_session", "pooled"):
        story = ended(socket_closed_ms=None)
        if declared == "per_session":
            story.socket_closed(905)  # with its client
        assert all_findings(story, behaviour={"upstream_socket": declared}) == {}


def test_a_pooled_socket_carries_the_streams_of_many_messages() -> None:
    story = Story()
    for message in (1, 2, 3):
        at_ms = 1000 * message
        story.speak(at_ms, message).start(at_ms + 3, message)
        story.opened(at_ms + 5, message, socket=7, profile="http").sent(at_ms + 100, 3, message)
        story.heard(at_ms + 101, 3, message).ended(at_ms + 262, message).end(at_ms + 265, message)
    story.leave(5000).socket_closed(5005, 7).lane_closing(9000)
    assert all_findings(story, behaviour={"upstream_socket": "pooled"}) == {}
    assert exposures(RULE, story, behaviour={"upstream_socket": "pooled"}) == {"ended": 3}


def test_each_way_to_be_over_is_an_exposure_of_its_own() -> None:
    stopped = Story().stopped(0, 300).leave(1000)
    failed = Story().begun(0, 300).failed(300).socket_closed(300).error(302).end(303).leave(1000)
    left = Story().begun(0, 300).leave(300).let_go(303).lane_closing(2000)
    superseded = Story().begun(0, 300).let_go(303).end(303).voiced(300, message=2).leave(2000)
    refused = Story().speak(0).start(3).refused(20).socket_closed(22).error(25).end(26).leave(900)
    assert exposures(RULE, stopped) == {"stopped": 1}
    assert exposures(RULE, failed) == exposures(RULE, refused) == {"failed": 1}
    assert exposures(RULE, left) == {"client left": 1}
    assert exposures(RULE, superseded) == {"superseded": 1, "ended": 1}
    for story in (stopped, failed, left, superseded, refused):
        assert all_findings(story) == {}


def test_a_stream_goes_on_after_its_client_has_left() -> None:
    story = Story().begun(0, 300, frames=40).leave(300).let_go(1400).lane_closing(2500)
    assert "(client left) was let go 1105 ms" in finding(RULE, story)


def test_a_client_that_leaves_after_stop_gives_no_more_time() -> None:
    story = Story().begun(0, 300).stop(300).leave(900).let_go(1400).lane_closing(2500)
    assert "was let go 1103 ms" in finding(RULE, story)


def test_a_stream_that_opens_when_its_message_is_over_counts_from_its_opening() -> None:
    story = Story().speak(0).start(3).stop(4).end(8).opened(900).let_go(1890).leave(2500)
    assert findings(RULE, story) == []


def test_an_awaited_close_handshake_passes() -> None:
    story = Story().begun(0, 300).stop(300).released(303).end(304).socket_closed(1200).leave(1000)
    assert findings(RULE, story) == []


def test_each_crossing_of_the_close_handshake_takes_the_delay_of_the_link() -> None:
    story = Story().begun(0, 300).stop(300).released(423).end(304).socket_closed(1640)
    assert len(findings(RULE, story.leave(1000))) == 1
    far = story.latency(-500, 3000, link="upstream", latency_ms=120)
    assert findings(RULE, far) == []


def test_a_client_far_away_leaves_later_for_the_sut_than_for_itself() -> None:
    story = Story().begun(0, 300).leave(300).let_go(1400).lane_closing(3000)
    assert len(findings(RULE, story)) == 1
    assert findings(RULE, story.latency(-500, 3000, link="client", latency_ms=180)) == []


def test_behind_a_black_hole_nothing_can_be_said() -> None:
    story = ended(socket_closed_ms=2000).fault(300, 900, name="network_stall", link="upstream")
    assert findings(RULE, story) == []
    assert unjudged(RULE, story) == {"link_fault": 1}


def test_a_refusal_that_names_no_socket_blames_nobody() -> None:
    story = Story().speak(0).start(3).refused(20, socket=None).error(25).end(26).leave(900)
    assert all_findings(story) == {}


def test_a_message_that_is_not_over_is_no_exposure() -> None:
    story = Story().begun(0, 300)
    assert exposures(RULE, story, state="running") == {}


def test_a_record_that_was_cut_says_nothing_before_the_limit() -> None:
    story = Story().begun(0, 300).stop(300).end(304)
    assert unjudged(RULE, story, state="running") == {"cut": 1}


def test_it_needs_the_ledger() -> None:
    assert verdict(RULE, Story().voiced(0), vantages="C") is Verdict.NOT_OBSERVABLE


@pytest.mark.parametrize(("let_go_ms", "count"), [(1297, 0), (1298, 1)])
def test_a_cleanup_releases_the_stream(let_go_ms: float, count: int) -> None:
    story = WideStory().begun(0, 300).cleanup(300, answer_after_ms=2)
    story.let_go(let_go_ms).end(1500, reason="cleanup").leave(2500)
    found = findings(RULE, story)
    assert len(found) == count
    assert all("(cleaned up) was let go 1001 ms after" in sentence for sentence in found)
    assert exposures(RULE, story) == {"cleaned up": 1}
