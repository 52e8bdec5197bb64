"""ERR-2 by stories; the effective fence lies 2 ms after the input, and 152 ms without a PONG."""

from typing import Self

import pytest

from suites.selftest.harness.judged import exposures, finding, findings, unjudged
from suites.selftest.harness.wide_story import WideStory

RULE = "ERR-2"


class _Story(WideStory):
    def broken(self, at_ms: float) -> Self:
        return self.invalid(at_ms, "half_a_frame", fatal=True, pong_after_ms=None)


def test_an_error_passes() -> None:
    story = _Story().invalid(0).error(5, None).voiced(100).leave(2000)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"forbidden": 1}


@pytest.mark.parametrize(("error_ms", "count"), [(1002, 0), (1003, 1)])
def test_the_error_is_due_1000_ms_after_the_fence(error_ms: float, count: int) -> None:
    story = _Story().invalid(0).error(error_ms, None).leave(3000)
    sentence = (
        "what s1 may not send (no_json) was answered 1001 ms after it had reached the SUT."
        " Expected: an error or a close. Limit: 1000 ms."
    )
    assert findings(RULE, story) == [sentence][:count]


def test_no_answer_fails_once_the_client_has_waited_for_it() -> None:
    assert "had not been answered 1001 ms" in finding(RULE, _Story().invalid(0).leave(1003))
    early = _Story().invalid(0).leave(1002)
    assert findings(RULE, early) == []
    assert exposures(RULE, early) == {}


@pytest.mark.parametrize("code", [1000, 1002, 1003, 1008, 1011, 4001])
def test_a_close_with_a_code_passes(code: int) -> None:
    assert findings(RULE, _Story().invalid(0).lost(5, how=f"close {code}")) == []
    story = _Story().broken(0).lost(5, how=f"close {code}")
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"broken": 1}


@pytest.mark.parametrize("how", ["fin", "rst", "close 1005", "close 1006", "malformed frame (x)"])
def test_letting_go_without_a_code_fails(how: str) -> None:
    assert finding(RULE, _Story().invalid(0).lost(5, how=how)) == (
        "s1 sent what it may not (no_json), and the SUT let go of the connection without a close"
        f" code ({how}). Expected: an error, or a defined code."
    )
    assert len(findings(RULE, _Story().broken(0).lost(5, how=how))) == 1


def test_an_error_and_then_a_bare_end_fails_too() -> None:
    assert len(findings(RULE, _Story().invalid(0).error(3, None).lost(5, how="fin"))) == 1
    much_later = _Story().invalid(0).error(3, None).voiced(100).lost(1500, how="fin")
    assert findings(RULE, much_later) == []


def test_what_breaks_websocket_itself_is_answered_by_a_close_alone() -> None:
    story = _Story().broken(0).error(3, None).leave(3000)
    assert finding(RULE, story) == (
        "what s1 may not send (half_a_frame) had not been answered 2848 ms after it had reached"
        " the SUT. Expected: a close. Limit: 1000 ms."
    )


def test_a_connection_that_our_own_reset_took_says_nothing() -> None:
    story = _Story().invalid(0).lost(5, how="rst")
    story.fault(-10, 5, name="network_reset", link="client")
    assert findings(RULE, story) == []
    assert unjudged(RULE, story) == {"link_fault": 1}


def test_a_stall_of_the_link_gives_as_much_more_time() -> None:
    story = _Story().invalid(0).error(1500, None).leave(3000)
    story.fault(100, 700, name="network_stall", link="client")
    assert findings(RULE, story) == []


def test_of_inputs_in_a_row_one_answer_is_that_of_those_before() -> None:
    story = _Story().invalid(0, "no_json").invalid(1, "a_number").error(5, None).leave(3000)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"forbidden": 2}


def test_a_loss_is_held_against_the_last_input_before_it() -> None:
    story = _Story().invalid(0, "no_json").error(3, None).broken(50).lost(60, how="rst")
    assert "half_a_frame" in finding(RULE, story)


def test_a_session_that_answers_no_message_any_more_is_dead() -> None:
    story = _Story().invalid(0).error(5, None).speak(100).leave(2101)
    assert finding(RULE, story) == (
        "after s1 had sent what it may not (no_json), its next message m1 was not answered in"
        " 2001 ms. Expected: the session lives, or is closed with a code."
    )
    assert findings(RULE, _Story().invalid(0).error(5, None).speak(100).leave(2100)) == []


def test_a_message_that_was_open_may_keep_the_next_one_waiting() -> None:
    story = _Story().begun(0, 3000, frames=40).invalid(200).error(205, None).speak(300, 2)
    assert findings(RULE, story.leave(3000), behaviour={"on_new_message": "queue"}) == []


def test_a_record_that_was_cut_says_nothing_before_the_limit() -> None:
    story = _Story().invalid(0).later(800)
    assert findings(RULE, story, state="running") == []
    assert unjudged(RULE, story, state="running") == {"cut": 1}


def test_the_clients_eyes_are_enough() -> None:
    story = _Story().invalid(0).leave(3000)
    assert len(findings(RULE, story, vantages="C")) == 1
