"""STOP-4 by stories."""

import pytest

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import (
    exposures,
    finding,
    findings,
    judged_by,
    unjudged,
)
from suites.selftest.harness.story import Story
from suites.selftest.harness.wide_story import WideStory

RULE = "STOP-4"


def requested() -> Story:
    story = Story().speak(0).start(3).opened(5).stop(50).let_go(52)
    return story.end(53, reason="stopped")


def twice() -> Story:
    return Story().begun(0, 300).stop(300).stop(300.1).let_go(302).end(303, reason="stopped")


PHASES = {
    "idle": Story().stop(10),
    "requested": requested(),
    "streaming": Story().stopped(0, 300),
    "draining": Story().voiced(0).stop(355),
    "ended": Story().voiced(0).stop(500),
}


@pytest.mark.parametrize("phase", PHASES)
def test_a_stop_in_any_phase_passes_when_the_next_message_is_spoken(phase: str) -> None:
    stories = {**PHASES}  # each is used once: stories grow
    story = stories[phase].voiced(1000, message=2).leave(1700)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {phase: 1}


def test_two_stops_in_a_row_are_a_phase_of_their_own() -> None:
    story = twice().voiced(1000, message=2).leave(1700)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"streaming": 1, "twice": 1}


def test_a_stop_after_which_nothing_is_asked_for_is_no_exposure() -> None:
    assert exposures(RULE, Story().stopped(0, 300).leave(1000)) == {}


def test_a_message_between_that_is_stopped_too_leaves_the_proof_to_the_one_after_it() -> None:
    story = Story().stopped(0, 300).stopped(1000, 1300, message=2).voiced(2000, message=3)
    assert exposures(RULE, story.leave(2800)) == {"streaming": 2}


def test_a_connection_that_stop_ends_fails() -> None:
    story = Story().begun(0, 300).stop(300).let_go(302).end(303, reason="stopped").lost(320)
    assert finding(RULE, story) == (
        "after a STOP of s1 (streaming) the connection was lost 20 ms later (fin). Expected: the"
        " session stays usable."
    )


@pytest.mark.parametrize(("lost_ms", "count"), [(1302, 1), (1303, 0)])
def test_a_connection_that_is_lost_long_after_is_not_stops_matter(
    lost_ms: float, count: int
) -> None:
    assert len(findings(RULE, Story().stopped(0, 300).lost(lost_ms))) == count


def test_a_connection_that_is_lost_in_the_next_message_fails_once() -> None:
    story = twice().speak(500, 2).lost(510)
    assert "(twice) the connection was lost" in finding(RULE, story)


def test_a_connection_that_our_own_fault_cut_says_nothing() -> None:
    story = Story().stopped(0, 300).fault(310, 330, name="network_reset", link="client").lost(320)
    assert findings(RULE, story) == []
    assert unjudged(RULE, story) == {"link_fault": 1}


def test_a_session_that_another_one_of_its_user_ended_says_nothing() -> None:
    story = WideStory(sessions=(1, 2), absent=(1, 2)).joins(-50, session=1, user="u")
    story.stopped(0, 300).joins(310, session=2, user="u").lost(325).leave(900, session=2)
    assert findings(RULE, story) == []


def test_a_message_that_is_refused_after_stop_fails() -> None:
    story = Story().stopped(0, 300).speak(1000, 2).error(1003, 2, code="busy").leave(1500)
    assert "m2 was refused (busy)" in finding(RULE, story)


def test_a_platform_that_rejects_may_do_so_until_the_stopped_message_has_ended() -> None:
    story = Story().begun(0, 300).stop(300).speak(301, 2).error(302, 2).let_go(302)
    story.end(303, reason="stopped").voiced(1000, message=3).leave(1700)
    assert findings(RULE, story, behaviour={"on_new_message": "reject"}) == []
    assert exposures(RULE, story, behaviour={"on_new_message": "reject"}) == {"streaming": 1}


def test_a_message_that_the_stop_before_it_swallows_fails() -> None:
    story = Story().stopped(0, 300).speak(1000, 2).end(1003, 2, reason="stopped").leave(4500)
    assert "m2 was ended (stopped) without any audio" in finding(RULE, story)


def test_of_a_platform_without_start_signals_audio_is_enough() -> None:
    story = Story().stopped(0, 300).speak(1000, 2).opened(1005, 2).sent(1100, 3, 2)
    story.heard(1101, 3, 2).ended(1260, 2).socket_closed(1262, 2).end(1270, 2).leave(4500)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"streaming": 1}


@pytest.mark.parametrize(("seen_ms", "count"), [(3000, 0), (3001, 1)])
def test_a_message_of_which_nothing_comes_fails(seen_ms: float, count: int) -> None:
    story = (
        Story().stopped(0, 300).speak(1000, 2).event(seen_ms, "client", "session_over", session=1)
    )
    assert len(findings(RULE, story.later(9000))) == count


def test_a_message_that_begins_and_does_not_end_is_another_rules_matter() -> None:
    story = Story().stopped(0, 300).speak(1000, 2).start(1003, 2)
    story.event(9000, "client", "session_over", session=1).later(15_000)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {}


def test_a_message_whose_upstream_failed_proves_nothing() -> None:
    story = Story().stopped(0, 300).speak(1000, 2).start(1003, 2).opened(1005, 2)
    story.failed(1050, 2).socket_closed(1051, 2).error(1052, 2).end(
        1053, 2, reason="upstream_error"
    )
    assert exposures(RULE, story.leave(4500)) == {}


def test_the_next_of_a_queue_is_the_proof() -> None:
    story = Story().begun(0, 300).speak(100, 2).stop(300).let_go(302).end(303, reason="stopped")
    story.start(304, 2).opened(305, 2).sent(400, 3, 2).heard(401, 3, 2).ended(562, 2)
    story.socket_closed(564, 2).end(565, 2).voiced(1000, message=3).leave(1700)
    queue = {"on_new_message": "queue"}
    assert findings(RULE, story, behaviour=queue) == []
    assert exposures(RULE, story, behaviour=queue) == {"streaming": 1}


def test_the_client_alone_is_enough_and_takes_draining_for_streaming() -> None:
    story = Story().voiced(0).stop(355).voiced(1000, message=2).leave(1700)
    assert exposures(RULE, story, vantages="C") == {"streaming": 1}


def test_enough_stops_pass_without_any_that_met_draining() -> None:
    stories = []
    for number in range(1, 6):
        story = Story(run=f"r{number}", lane=f"l{number}", sessions=(number,))
        if number < 5:
            told = story.speak(0, session=number).start(3, session=number)
            told.stop(50, session=number).end(53, session=number, reason="stopped")
            told.stop(100, session=number)
        stories.append(story.voiced(1000, message=2, session=number).leave(1700, session=number))
    judged = judged_by(RULE, *stories, vantages="C")
    assert judged.why == "not_exercised: streaming 0 of 3"
    assert judged.exposures_by == {"requested": 4, "ended": 4}
    assert judged.verdict is Verdict.INCONCLUSIVE
