"""STOP-3 by stories."""

import pytest

from suites.selftest.harness.judged import all_findings, exposures, finding, findings, unjudged
from suites.selftest.harness.story import Story

RULE = "STOP-3"


def stopped(end_ms: float) -> Story:
    story = Story().begun(0, 300).stop(300).let_go(302)
    return story.end(end_ms, reason="stopped").leave(end_ms + 600)


@pytest.mark.parametrize(("end_ms", "count"), [(303, 0), (552, 0), (553, 1)])
def test_stop_is_confirmed_within_250_ms_of_the_effective_fence(end_ms: float, count: int) -> None:
    assert len(findings(RULE, stopped(end_ms))) == count
    assert exposures(RULE, stopped(end_ms)) == {"streaming": 1}


def test_the_sentence_says_how_late() -> None:
    assert finding(RULE, stopped(902)) == (
        "STOP of message m1 of s1, sent while streaming, was confirmed 600 ms after it had"
        " reached the SUT. Limit: 250 ms."
    )


def test_a_stop_that_is_never_confirmed_fails_when_the_client_has_waited_for_it() -> None:
    story = Story().begun(0, 300).stop(300).let_go(302).leave(600)
    assert "had not been confirmed 298 ms" in finding(RULE, story)


def test_a_client_that_leaves_at_once_is_owed_nothing() -> None:
    story = Story().begun(0, 300).stop(300).let_go(302).leave(310)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {}


def test_an_end_signal_that_crosses_stop_on_the_wire_confirms_it() -> None:
    story = Story().voiced(0).stop(355).leave(1000)
    assert all_findings(story) == {}
    assert exposures(RULE, story) == {"draining": 1}


def test_a_stop_before_the_first_audio_needs_no_audio() -> None:
    story = Story().stopped(0, 50).leave(700)
    assert all_findings(story) == {}
    assert exposures(RULE, story) == {"requested": 1}


def test_a_stop_that_meets_a_stream_not_yet_opened_passes() -> None:
    story = Story().speak(0).start(3).stop(4).opened(5).let_go(7).end(8, reason="stopped")
    assert all_findings(story.leave(700)) == {}


def test_an_idle_stop_is_answered_by_nothing() -> None:
    story = Story().voiced(0).stop(500).leave(1600)
    assert all_findings(story) == {}
    assert exposures(RULE, story) == {"idle": 1}


def test_an_idle_stop_that_is_answered_fails() -> None:
    story = Story().voiced(0).stop(500).end(504, reason="stopped").leave(1600)
    assert finding(RULE, story) == (
        "an idle STOP of s1 was answered after 4 ms by another end signal of m1. Allowed: none."
    )


def test_a_second_stop_owes_no_second_signal() -> None:
    story = Story().begun(0, 300).stop(300).stop(301).let_go(303).end(304, reason="stopped")
    assert all_findings(story.leave(1000)) == {}
    assert exposures(RULE, story) == {"streaming": 1, "idle": 1}


def test_a_stall_between_fence_and_confirmation_gives_as_much_more_time() -> None:
    story = stopped(900).fault(310, 890, name="network_stall", link="client")
    assert findings(RULE, story) == []


def test_of_a_queue_the_message_that_plays_is_stopped_and_the_next_one_begins() -> None:
    story = Story().begun(0, 300).speak(100, 2).speak(120, 3).stop(300).let_go(302)
    story.end(303, reason="stopped")
    story.start(304, 2).opened(305, 2).sent(400, 3, 2).heard(401, 3, 2).ended(562, 2)
    story.socket_closed(564, 2).end(565, 2)
    story.start(566, 3).opened(567, 3).sent(660, 3, 3).heard(661, 3, 3).ended(822, 3)
    story.socket_closed(824, 3).end(825, 3).leave(1500)
    assert all_findings(story, behaviour={"on_new_message": "queue"}) == {}


def test_of_a_queue_a_stop_may_meet_the_next_message_when_the_first_has_just_ended() -> None:
    story = Story().voiced(0).speak(100, 2).stop(355)
    story.start(361, 2).opened(356, 2).let_go(358, 2).end(362, 2, reason="stopped").leave(3000)
    assert all_findings(story, behaviour={"on_new_message": "queue"}) == {}


def test_a_stop_of_all_confirms_each_message_that_had_begun() -> None:
    story = Story().begun(0, 300).speak(100, 2).stop(300).let_go(302)
    story.end(303, reason="stopped").end(304, 2, reason="stopped").leave(4000)
    queue = {"on_new_message": "queue", "on_stop": "all"}
    assert all_findings(story, behaviour=queue) == {}


def test_a_lost_connection_is_another_rules_matter() -> None:
    story = Story().begun(0, 300).stop(300).lost(800)
    assert findings(RULE, story) == []


def test_a_record_that_was_cut_says_nothing_before_the_limit() -> None:
    story = Story().begun(0, 300).stop(300).later(500)
    assert unjudged(RULE, story, state="running") == {"cut": 1}


def test_a_session_without_stop_is_no_exposure() -> None:
    assert exposures(RULE, Story().voiced(0).leave(1000)) == {}
