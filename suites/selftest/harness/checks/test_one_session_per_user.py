"""OWN-5 by stories."""

import pytest

from harness.model.verdict import Verdict
from suites.selftest.harness.judged import exposures, finding, findings, unjudged, verdict
from suites.selftest.harness.wide_story import WideStory

RULE = "OWN-5"
KEYED = {"user_key": True}


def pair() -> WideStory:
    """One user: session 1 is in from 10 ms on, session 2 from 510 ms on."""
    story = WideStory(sessions=(1, 2), absent=(1, 2))
    return story.joins(0, session=1, user="u").joins(500, session=2, user="u")


@pytest.mark.parametrize(("lost_ms", "count"), [(505, 0), (512, 0), (1510, 0), (1511, 1)])
def test_the_old_session_is_closed_within_1000_ms(lost_ms: float, count: int) -> None:
    story = pair().lost(lost_ms, session=1).leave(3000, session=2).lane_closing(5000)
    assert len(findings(RULE, story, behaviour=KEYED)) == count
    assert exposures(RULE, story, behaviour=KEYED) == {"let in": 1}


@pytest.mark.parametrize(("lost_ms", "count"), [(1510, 0), (1511, 1)])
def test_the_new_session_may_be_closed_instead(lost_ms: float, count: int) -> None:
    story = pair().lost(lost_ms, session=2).leave(3000, session=1).lane_closing(5000)
    assert len(findings(RULE, story, behaviour=KEYED)) == count


def test_a_second_client_that_is_never_let_in_is_refused() -> None:
    story = WideStory(sessions=(1, 2), absent=(1, 2)).joins(0, session=1, user="u")
    story.turned_away(500, session=2, user="u").leave(3000, session=1).lane_closing(5000)
    assert findings(RULE, story, behaviour=KEYED) == []
    assert exposures(RULE, story, behaviour=KEYED) == {"refused": 1}


def test_two_sessions_side_by_side_fail() -> None:
    story = pair().leave(2510, session=1).leave(3000, session=2).lane_closing(5000)
    assert finding(RULE, story, behaviour=KEYED) == (
        "s1 was still there after 2000 ms beside s2, which the same user had opened."
        " Limit: 1000 ms."
    )


def test_an_old_client_that_leaves_by_itself_in_time_is_no_case() -> None:
    story = pair().leave(900, session=1).leave(3000, session=2).lane_closing(5000)
    assert findings(RULE, story, behaviour=KEYED) == []
    assert exposures(RULE, story, behaviour=KEYED) == {}


def test_a_client_that_comes_when_the_other_has_left_meets_nobody() -> None:
    story = WideStory(sessions=(1, 2), absent=(1, 2)).joins(0, session=1, user="u")
    story.leave(300, session=1).joins(500, session=2, user="u").leave(3000, session=2)
    assert exposures(RULE, story, behaviour=KEYED) == {}


def test_two_users_have_a_session_each() -> None:
    story = WideStory(sessions=(1, 2), absent=(1, 2)).joins(0, session=1, user="u")
    story.joins(500, session=2, user="v").leave(3000, session=1).leave(3000, session=2)
    assert exposures(RULE, story, behaviour=KEYED) == {}


def test_a_far_client_hears_later_that_it_was_let_go() -> None:
    story = pair().lost(1680, session=1).leave(3000, session=2).lane_closing(5000)
    assert len(findings(RULE, story, behaviour=KEYED)) == 1
    far = story.latency(-500, 3000, link="client", latency_ms=180)
    assert findings(RULE, far, behaviour=KEYED) == []


def test_a_record_that_was_cut_before_the_limit_says_nothing() -> None:
    story = pair().event(900, "client", "session_over", session=1).lane_closing(5000)
    assert unjudged(RULE, story, behaviour=KEYED) == {"cut": 1}


def test_without_a_user_key_it_does_not_apply() -> None:
    assert verdict(RULE, pair().leave(2510, session=1)) is Verdict.NOT_APPLICABLE
