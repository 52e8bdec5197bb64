"""EOS-5 by stories."""

import pytest

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import exposures, finding, findings, verdict
from suites.selftest.harness.story import Story
from suites.selftest.harness.wide_story import WideStory

RULE = "EOS-5"
OURS = ("completed", "stopped", "superseded", "upstream_error", "timeout", "cleanup")
WORDS = {word: word for word in OURS}
REASONS = {"reasons": WORDS}


def ended_by(reason: str) -> Story:
    story = Story().speak(0).start(3).opened(5).sent(100, 3).heard(101, 3).ended(262)
    return story.socket_closed(264).end(266, reason=reason).leave(1000)


def stopped_by(reason: str) -> Story:
    story = Story().begun(0, 300).stop(300).let_go(302).end(303, reason=reason)
    return story.leave(1000)


@pytest.mark.parametrize("reason", [word for word in OURS if word != "completed"])
def test_of_a_message_that_was_completed_no_other_reason_is_true(reason: str) -> None:
    assert finding(RULE, ended_by(reason), behaviour=REASONS) == (
        f'message m1 of s1 ended by "{reason}", and what happened was: completed.'
    )


def test_completed_is_true_after_the_marker() -> None:
    assert findings(RULE, ended_by("completed"), behaviour=REASONS) == []
    assert exposures(RULE, ended_by("completed"), behaviour=REASONS) == {"completed": 1}


@pytest.mark.parametrize(("reason", "count"), [("stopped", 0), ("timeout", 1), ("superseded", 1)])
def test_after_stop_the_reason_is_stopped(reason: str, count: int) -> None:
    assert len(findings(RULE, stopped_by(reason), behaviour=REASONS)) == count
    assert exposures(RULE, stopped_by(reason), behaviour=REASONS) == {"stopped": 1}


def test_an_untrue_completed_is_another_rules_matter() -> None:
    assert findings(RULE, stopped_by("completed"), behaviour=REASONS) == []
    assert exposures(RULE, stopped_by("completed"), behaviour=REASONS) == {}


def test_a_stop_that_crosses_the_end_makes_both_true() -> None:
    for reason in ("stopped", "completed"):
        story = Story().speak(0).start(3).opened(5).sent(100, 3).heard(101, 3).ended(262)
        story.stop(263).socket_closed(264).end(266, reason=reason).leave(1000)
        assert findings(RULE, story, behaviour=REASONS) == []


def test_their_words_are_read_by_the_declaration() -> None:
    declared = {"reasons": {"barged_in": "stopped", "done": "completed"}}
    assert findings(RULE, stopped_by("barged_in"), behaviour=declared) == []
    swapped = {"reasons": {"barged_in": "timeout", "done": "stopped"}}
    assert finding(RULE, stopped_by("barged_in"), behaviour=swapped) == (
        'message m1 of s1 ended by "barged_in" (timeout), and what happened was: stopped.'
    )


@pytest.mark.parametrize("word", ["over", ""])
def test_a_word_that_is_not_declared_fails(word: str) -> None:
    declared = {"reasons": {"done": "completed", "halted": "stopped"}}
    assert finding(RULE, ended_by(word), behaviour=declared) == (
        f'message m1 of s1 ended by "{word}", which is none of the declared reasons (done, halted).'
    )


def test_where_one_word_says_stop_and_supersede_there_is_nothing_to_judge() -> None:
    declared = {"reasons": {"interrupted": "stopped", "done": "completed"}}
    story = overtaken("interrupted").leave(2000)
    assert findings(RULE, story, behaviour=declared) == []
    assert exposures(RULE, story, behaviour=declared) == {}


def overtaken(reason: str) -> Story:
    """Message 2 comes while message 1 is heard; it never ends."""
    story = Story().begun(0, 300).speak(300, 2).let_go(302).end(303, reason=reason)
    return story.start(305, 2).opened(306, 2)


@pytest.mark.parametrize(("reason", "count"), [("superseded", 0), ("stopped", 1)])
def test_a_message_that_was_overtaken_is_superseded(reason: str, count: int) -> None:
    story = overtaken(reason).leave(1000)
    assert len(findings(RULE, story, behaviour=REASONS)) == count


def cleaned(reason: str) -> Story:
    story = WideStory().begun(0, 300).cleanup(300).let_go(301).end(302, reason=reason)
    return story.leave(1000)


@pytest.mark.parametrize(("reason", "count"), [("cleanup", 0), ("stopped", 1)])
def test_a_message_that_the_hook_met_was_cleaned_up(reason: str, count: int) -> None:
    assert len(findings(RULE, cleaned(reason), behaviour=REASONS)) == count


def test_a_connection_that_the_sut_closes_ends_its_message_by_cleanup() -> None:
    story = Story().begun(0, 300).let_go(301).end(302, reason="cleanup").lost(303, how="close 1001")
    assert findings(RULE, story, behaviour=REASONS) == []


@pytest.mark.parametrize(("reason", "count"), [("upstream_error", 0), ("timeout", 1)])
def test_a_failure_is_an_upstream_error(reason: str, count: int) -> None:
    story = Story().speak(0).start(3).opened(5, fault="abrupt_reset", frames=20).sent(100, 3)
    story.heard(101, 3).failed(265).socket_closed(266).end(268, reason=reason).leave(1000)
    assert len(findings(RULE, story, behaviour=REASONS)) == count


@pytest.mark.parametrize(("end_ms", "count"), [(1059, 1), (1060, 0)])
def test_a_timeout_needs_nearly_the_declared_silence(end_ms: float, count: int) -> None:
    story = Story().speak(0).start(3).opened(5, fault="stall_mid_stream").sent(100, 3)
    story.heard(101, 3).end(end_ms, reason="timeout").let_go(end_ms + 1).leave(2000)
    assert len(findings(RULE, story, behaviour=REASONS)) == count


def test_silence_after_the_marker_makes_no_timeout_true() -> None:
    story = Story().speak(0).start(3).opened(5).sent(100, 3).heard(101, 3).ended(262)
    story.socket_closed(264).end(1500, reason="timeout").leave(2500)
    assert len(findings(RULE, story, behaviour=REASONS)) == 1


@pytest.mark.parametrize("reason", ["timeout", "upstream_error", "completed"])
def test_a_marker_that_cannot_be_read_may_be_missed(reason: str) -> None:
    story = Story().speak(0).start(3).opened(5, fault="merged_marker").sent(100, 3)
    story.heard(101, 3).ended(262).end(1270, reason=reason).let_go(1271).leave(2500)
    assert findings(RULE, story, behaviour=REASONS) == []


@pytest.mark.parametrize("reason", ["timeout", "upstream_error"])
def test_a_strange_upstream_may_be_given_up_in_either_word(reason: str) -> None:
    story = Story().speak(0).start(3).opened(5, fault="pings_unanswered").sent(100, 3)
    story.heard(101, 3).end(400, reason=reason).let_go(401).leave(2000)
    assert findings(RULE, story, behaviour=REASONS) == []


def test_a_healthy_stream_that_was_let_go_for_reasons_of_its_own_is_a_riddle() -> None:
    story = Story().begun(0, 300).let_go(302).end(303, reason="timeout").leave(1000)
    assert findings(RULE, story, behaviour=REASONS) == []
    assert exposures(RULE, story, behaviour=REASONS) == {}


def test_under_a_fault_of_the_link_the_upstream_may_seem_to_have_failed() -> None:
    story = ended_by("upstream_error")
    story.fault(50, 200, name="network_stall", link="upstream")
    assert findings(RULE, story, behaviour=REASONS) == []


def test_without_an_upstream_stream_nobody_knows_why_it_failed() -> None:
    story = Story().speak(0).start(3).error(20).end(21, reason="upstream_error").leave(1000)
    assert findings(RULE, story, behaviour=REASONS) == []


def test_a_success_of_zeros_may_be_called_an_error() -> None:
    story = Story().speak(0).start(3).opened(5, frames=0).ended(262).socket_closed(264)
    story.end(266, reason="upstream_error").leave(1000)
    assert findings(RULE, story, behaviour=REASONS) == []


def test_it_is_not_applicable_without_reasons_and_not_observable_without_the_ledger() -> None:
    assert verdict(RULE, stopped_by("timeout")) is Verdict.NOT_APPLICABLE
    told = verdict(RULE, stopped_by("timeout"), behaviour=REASONS, vantages="C")
    assert told is Verdict.NOT_OBSERVABLE
