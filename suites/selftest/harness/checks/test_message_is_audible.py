"""MSG-2 by stories."""

import pytest

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import (
    exposures,
    finding,
    findings,
    judged_by,
    unjudged,
    verdict,
)
from suites.selftest.harness.story import FRAME, Story, key
from suites.selftest.harness.wide_story import WideStory

RULE = "MSG-2"


def silent(message: int = 2) -> Story:
    """A message of ten frames that the upstream spoke, and of which the client heard nothing."""
    story = Story().speak(0, message).start(3, message).opened(5, message, frames=10)
    return story.sent(100, 10, message)


def test_messages_that_are_heard_pass() -> None:
    story = Story().voiced(0).voiced(400, message=2).leave(1500)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"first": 1, "after the first": 1}


def test_a_message_that_is_silent_fails() -> None:
    story = silent().ended(900, 2).socket_closed(902, 2).end(905, 2).leave(1600)
    assert finding(RULE, story) == (
        "message m2 of s1 was silent at the client, though the upstream sent 19200 audible"
        " samples for it. Expected at least 1."
    )


def test_zeros_are_not_heard() -> None:
    story = silent().audio(200, zeros=FRAME, message=2).ended(900, 2).end(905, 2).leave(1600)
    assert len(findings(RULE, story)) == 1


def test_another_messages_audio_under_its_label_is_not_heard() -> None:
    story = silent().audio(200, (key(1), 0, FRAME), message=2).ended(900, 2).end(905, 2)
    assert len(findings(RULE, story.leave(1600))) == 1


def test_one_audible_sample_is_enough() -> None:
    story = silent().audio(200, (key(2), 0, 1), message=2).ended(900, 2).end(905, 2).leave(1600)
    assert findings(RULE, story) == []


def test_a_last_message_whose_client_leaves_after_its_end_is_judged() -> None:
    story = silent().ended(900, 2).end(905, 2).leave(910)
    assert len(findings(RULE, story)) == 1


@pytest.mark.parametrize(("at_ms", "count"), [(1100, 0), (1101, 1)])
def test_an_interrupted_message_counts_when_the_upstream_had_spoken_for_a_second(
    at_ms: float, count: int
) -> None:
    stopped = silent().stop(at_ms).let_go(at_ms + 2, 2).end(at_ms + 3, 2).leave(2000)
    superseded = silent().speak(at_ms, 3).let_go(at_ms + 2, 2).end(at_ms + 3, 2).leave(2000)
    left = silent().leave(at_ms).let_go(at_ms + 2, 2)
    for story in (stopped, superseded, left):
        assert len(findings(RULE, story)) == count


def test_a_machine_that_stood_still_leaves_no_time_to_be_heard() -> None:
    """First audio at 100 ms, STOP at 1,500: 400 ms too many, and we stood still for 250."""
    stopped = silent().stop(1500).let_go(1502, 2).end(1503, 2).leave(2000)
    assert len(findings(RULE, stopped)) == 1
    rule = judged_by(RULE, stopped.lag(900, 250))
    assert (rule.findings, len(rule.excused)) == ((), 1)
    ended = silent().ended(900, 2).end(1500, 2).lag(900, 250).leave(2000)
    assert len(findings(RULE, ended)) == 1  # it had all the time that it wanted


@pytest.mark.parametrize(("first_ms", "count"), [(700, 1), (760, 0), (990, 0), (1020, 0)])
def test_an_upstream_that_speaks_when_it_may_be_given_up_is_not_heard_by_right(
    first_ms: float, count: int
) -> None:
    story = Story().speak(0, 2).start(3, 2).opened(5, 2, frames=10)
    story.end(1010, 2, reason="timeout").sent(first_ms, 1, 2).let_go(1022, 2).leave(3000)
    assert len(findings(RULE, story, behaviour={"completion_idle_ms": 1000})) == count
    if not count:
        assert "environment" in unjudged(RULE, story, behaviour={"completion_idle_ms": 1000})


def test_an_upstream_that_fell_silent_later_is_no_excuse_for_what_came_before() -> None:
    story = Story().speak(0, 2).start(3, 2).opened(5, 2, frames=10).sent(100, 3, 2)
    story.end(1400, 2, reason="timeout").let_go(1402, 2).leave(3000)
    assert len(findings(RULE, story, behaviour={"completion_idle_ms": 1000})) == 1


def test_a_stall_of_a_link_gives_as_much_more_time() -> None:
    story = silent().fault(200, 800, name="network_stall", link="client").stop(1200)
    assert findings(RULE, story.let_go(1202, 2).end(1203, 2).leave(2000)) == []


def test_a_message_whose_upstream_failed_or_said_nothing_is_no_exposure() -> None:
    failed = silent().failed(900, 2).end(905, 2).leave(1600)
    mute = Story().speak(0).start(3).opened(5).ended(900).end(905).leave(1600)
    for story in (failed, mute):
        assert exposures(RULE, story) == {}


def test_without_marks_the_label_says_whose_audio_it_is() -> None:
    story = silent().audio(200, foreign=FRAME, message=2).ended(900, 2).end(905, 2).leave(1600)
    assert findings(RULE, story, behaviour={"fidelity": "none"}) == []
    assert len(findings(RULE, story)) == 1


def test_a_record_that_was_cut_says_nothing() -> None:
    story = silent().later(2000)
    assert unjudged(RULE, story, state="running") == {"cut": 1}


def test_it_needs_the_ledger() -> None:
    assert verdict(RULE, Story().voiced(0), vantages="C") is Verdict.NOT_OBSERVABLE


@pytest.mark.parametrize(("cleanup_ms", "count"), [(1100, 0), (1101, 1)])
def test_a_cleanup_in_the_first_second_of_speech_leaves_no_time_to_be_heard(
    cleanup_ms: float, count: int
) -> None:
    story = WideStory().speak(0).start(3).opened(5, frames=40).sent(100, 13).cleanup(cleanup_ms)
    story.let_go(cleanup_ms + 1).end(cleanup_ms + 3, reason="cleanup").leave(3000)
    assert len(findings(RULE, story)) == count
