"""CLN-2 by stories."""

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
from suites.selftest.harness.story import FRAME
from suites.selftest.harness.wide_story import WideStory, cleaned

RULE = "CLN-2"
SEEN = "CUPH"


def test_the_next_message_plays_in_full() -> None:
    story = cleaned().voiced(600, message=2).leave(1800)
    assert all_findings(story, vantages=SEEN) == {}
    assert exposures(RULE, story, vantages=SEEN) == {"streaming": 1}
    assert findings(RULE, story, vantages="CH") == []
    assert exposures(RULE, story, vantages="CH") == {"streaming": 1}


def test_the_phase_and_the_manner_of_the_call_are_counted() -> None:
    early = WideStory()
    early.speak(0).start(3).opened(5).cleanup(50).let_go(52).end(53, reason="cleanup")
    late = WideStory()
    late.voiced(0).cleanup(500)
    failed = WideStory()
    failed.begun(0, 300).failed(300).error(302).end(303).socket_closed(303).cleanup(400)
    idle = WideStory().cleanup(0)
    stories = (early, late, failed, idle, cleaned(every_ms=0))
    for story, category in zip(
        stories, ("requested", "ended", "after an error", "idle", "at once"), strict=True
    ):
        story.voiced(900, message=2).leave(2000)
        assert exposures(RULE, story, vantages=SEEN) == {category: 1}
        assert findings(RULE, story, vantages=SEEN) == []


def test_only_the_first_message_after_it_is_a_case() -> None:
    story = cleaned().voiced(600, message=2).voiced(1200, message=3).leave(2500)
    assert exposures(RULE, story, vantages=SEEN) == {"streaming": 1}


def test_a_next_message_that_is_refused_fails() -> None:
    story = cleaned().speak(600, 2).error(603, 2, code="session_closed").leave(1800)
    assert finding(RULE, story, vantages=SEEN) == (
        'message m2 of s1, the first after a cleanup (streaming), was refused ("session_closed").'
        " Expected: it plays in full."
    )


def silent() -> WideStory:
    story = cleaned()
    story.speak(600, 2).start(603, 2).opened(605, 2).sent(700, 3, 2).ended(870, 2).end(880, 2)
    story.socket_closed(882, 2).leave(1800)
    return story


@pytest.mark.parametrize("seen", [SEEN, "CH"])
def test_a_next_message_that_is_silent_fails(seen: str) -> None:
    assert "was silent" in finding(RULE, silent(), vantages=seen)


def test_a_next_message_that_nobody_asked_the_upstream_for_fails() -> None:
    story = cleaned().speak(600, 2).start(603, 2).end(880, 2).leave(1800)
    assert "was silent" in finding(RULE, story, vantages=SEEN)


def test_a_client_that_waited_longer_than_the_declared_silence_has_heard_nothing() -> None:
    for leave_ms, count in ((2599, 0), (2601, 1)):
        story = cleaned().speak(600, 2).start(603, 2).leave(leave_ms)
        assert len(findings(RULE, story, vantages=SEEN)) == count
        assert exposures(RULE, story, vantages=SEEN) == ({"streaming": 1} if count else {})


def test_a_next_message_that_lacks_samples_fails_where_the_ledger_counts_them() -> None:
    story = cleaned()
    story.speak(600, 2).start(603, 2).opened(605, 2).sent(700, 3, 2).heard(701, 2, 2)
    story.ended(870, 2).end(880, 2).socket_closed(882, 2).leave(1800)
    assert f"was heard for {2 * FRAME} of {3 * FRAME} samples" in finding(
        RULE, story, vantages=SEEN
    )
    assert findings(RULE, story, vantages="CH") == []
    resampled = {"fidelity": "spectral"}
    assert findings(RULE, story, vantages=SEEN, behaviour=resampled) == []


def test_a_link_that_can_lose_bytes_excuses_what_is_missing() -> None:
    story = silent().fault(600, 900, name="network_stall", link="upstream")
    assert findings(RULE, story, vantages=SEEN) == []
    assert unjudged(RULE, story, vantages=SEEN) == {"link_fault": 1}


def test_a_connection_that_goes_with_the_cleanup_fails() -> None:
    for lost_ms, count in ((310, 1), (1342, 1), (1343, 0)):
        story = cleaned().lost(lost_ms).lane_closing(5000)
        assert len(findings(RULE, story, vantages=SEEN)) == count
    story = cleaned().speak(600, 2).start(603, 2).lost(700).lane_closing(5000)
    assert "lost its connection 100 ms after the request" in finding(RULE, story, vantages=SEEN)


def test_a_client_that_leaves_after_the_cleanup_is_no_case() -> None:
    assert exposures(RULE, cleaned().leave(900), vantages=SEEN) == {}


def test_a_next_message_that_something_else_ended_is_no_case() -> None:
    stopped = cleaned()
    stopped.speak(600, 2).start(603, 2).stop(620).end(623, 2, reason="stopped").leave(1800)
    failed = cleaned()
    failed.speak(600, 2).start(603, 2).refused(620, 2, message=2, socket=2).error(625, 2)
    failed.socket_closed(622, 2).end(626, 2, reason="upstream_error").leave(1800)
    for story in (stopped, failed):
        assert exposures(RULE, story, vantages=SEEN) == {}
        assert findings(RULE, story, vantages=SEEN) == []
    assert findings(RULE, failed, vantages="CH") == []  # the error may be the upstream's


def test_speech_of_zeros_is_no_silence_of_the_session() -> None:
    story = cleaned()
    story.speak(600, 2).start(603, 2).opened(605, 2).ended(870, 2).end(880, 2)
    story.socket_closed(882, 2).leave(1800)
    assert findings(RULE, story, vantages=SEEN) == []


def test_a_hook_that_does_not_know_the_session_proves_nothing() -> None:
    story = cleaned(status=404).lost(310).lane_closing(5000)
    assert unjudged(RULE, story, vantages=SEEN) == {"lost_vantage": 1}
    assert findings(RULE, story, vantages=SEEN) == []


def test_it_needs_the_hook() -> None:
    assert verdict(RULE, cleaned().leave(900), vantages="CUP") is Verdict.NOT_OBSERVABLE
