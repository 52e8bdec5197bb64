"""Evidence pooled over a run, and the one verdict that comes of it."""

from collections.abc import Iterator

import pytest

from harness.checks.base import Check, Limits, passes
from harness.judging.pool import FINDINGS_SHOWN, Pool
from harness.model.target import Behaviour
from harness.model.verdict import (
    Deadline,
    Finding,
    Level,
    Minimum,
    Outcome,
    RuleVerdict,
    Scope,
    Verdict,
)
from harness.model.views import MessageView


def says_nothing(_message: MessageView, _limits: Limits) -> Iterator[Outcome]:
    yield from ()


def a_check(*, vantages: str = "CU", applies: bool = True, observable: bool = True) -> Check:
    return Check(
        id="X-1",
        title="a rule",
        level=Level.MUST,
        scope=Scope.MESSAGE,
        vantages=vantages,
        judge=says_nothing,
        late=passes,
        minimum={
            "standard": Minimum(total=3, by_category={"streaming": 2}),
            "smoke": Minimum(total=1),
        },
        limits={},
        applies=lambda _: applies,
        observable=lambda _: observable,
        summary="",
    )


def a_finding(
    category: str = "streaming", run: str = "random_stop", *, late_ms: float = 20
) -> Finding:
    deadline = Deadline(from_ns=0, until_ns=1, measured_ms=250 + late_ms, limit_ms=250)
    return Finding(sentence="late", at_ns=1, category=category, scenario_run=run, deadline=deadline)


def exposed(
    pool: Pool, *categories: str, run: str = "random_stop", retry_of: str | None = None
) -> Pool:
    for category in categories:
        pool.expose(category, run, retry_of)
    return pool


def retried(pool: Pool, *categories: str, late_ms: tuple[float, ...] = ()) -> Pool:
    """Try random_stop again: so many exposures, of which some are late while streaming."""
    for late in late_ms:
        pool.suspect(a_finding(run="random_stop~1", late_ms=late), "random_stop")
    return exposed(pool, *categories, run="random_stop~1", retry_of="random_stop")


def decided(
    pool: Pool, *, tier: str = "standard", grade: str = "CUP", lost: bool = False
) -> RuleVerdict:
    return pool.verdict(tier=tier, grade=grade, behaviour=Behaviour(), has_lost_vantage=lost)


def test_enough_exposures_without_a_breach_pass() -> None:
    rule = decided(exposed(Pool(a_check(), {}), "streaming", "streaming", "requested"))
    assert (rule.verdict, rule.why) == (Verdict.PASS, "")
    assert (rule.exposures, rule.exposures_by) == (3, {"requested": 1, "streaming": 2})


def test_too_few_exposures_are_inconclusive_and_say_what_is_lacking() -> None:
    rule = decided(exposed(Pool(a_check(), {}), "streaming"))
    assert rule.verdict is Verdict.INCONCLUSIVE
    assert rule.why == "not_exercised: 1 of 3 in all, streaming 1 of 2"


def test_each_tier_has_its_minimum() -> None:
    pool = exposed(Pool(a_check(), {}), "requested")
    assert decided(pool, tier="smoke").verdict is Verdict.PASS
    assert decided(pool, tier="full").minimum.total == 3


def test_what_could_not_be_judged_is_the_reason() -> None:
    pool = exposed(Pool(a_check(), {}), "streaming")
    pool.unjudged.update({"link_fault": 4, "cut": 1})
    assert decided(pool).why.startswith("link_fault: ")


def test_a_breach_fails_whatever_else_there_is() -> None:
    pool = Pool(a_check(), {})
    pool.breach(a_finding())
    pool.crash = "the check crashed"
    rule = decided(pool, lost=True)
    assert (rule.verdict, rule.findings_total) == (Verdict.FAIL, 1)


def test_the_first_findings_are_shown_and_all_are_counted() -> None:
    pool = Pool(a_check(), {})
    for _ in range(FINDINGS_SHOWN + 5):
        pool.breach(a_finding())
    rule = decided(pool)
    assert (len(rule.findings), rule.findings_total) == (FINDINGS_SHOWN, FINDINGS_SHOWN + 5)


def test_a_check_that_crashed_is_our_error() -> None:
    pool = exposed(Pool(a_check(), {}), "streaming", "streaming", "streaming")
    pool.crash = "the check crashed on s1: KeyError: 3"
    assert (decided(pool).verdict, decided(pool).why) == (Verdict.ERROR, pool.crash)


def test_a_vantage_that_the_grade_lacks_makes_it_not_observable() -> None:
    pool = Pool(a_check(), {})
    pool.breach(a_finding())
    rule = decided(pool, grade="C")
    assert (rule.verdict, rule.why) == (Verdict.NOT_OBSERVABLE, "needs vantage U")


def test_what_the_behaviour_hides_or_does_not_know_is_said() -> None:
    hidden = Pool(a_check(observable=False), {})
    unknown = Pool(a_check(applies=False), {})
    assert decided(hidden).verdict is Verdict.NOT_OBSERVABLE
    assert decided(unknown).verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize("vantages", ["CU", "C"])
def test_after_a_vantage_went_away_no_rule_passes(vantages: str) -> None:
    pool = exposed(Pool(a_check(vantages=vantages), {}), "streaming", "streaming", "streaming")
    assert decided(pool, lost=True).why == "lost_vantage"


def test_a_breach_that_was_proven_before_a_vantage_went_away_stands() -> None:
    pool = Pool(a_check(), {})
    pool.breach(a_finding())
    assert decided(pool, lost=True).verdict is Verdict.FAIL


def suspected(*categories: str) -> Pool:
    pool = exposed(Pool(a_check(), {}), "streaming", "streaming", "requested")
    for category in categories:
        pool.suspect(a_finding(category), None)
    return pool


def test_a_suspect_is_inconclusive_until_it_was_tried_again() -> None:
    rule = decided(suspected("streaming"))
    assert (rule.verdict, rule.why, len(rule.excused)) == (
        Verdict.INCONCLUSIVE,
        "environment",
        1,
    )


def test_a_retry_in_the_same_phase_that_met_the_limit_settles_it() -> None:
    rule = decided(retried(suspected("streaming"), "streaming"))
    assert rule.verdict is Verdict.PASS
    assert rule.notes == (
        "random_stop, streaming: 1 late by up to 20 ms; tried again alone, late again in 0 of 1",
    )
    assert rule.exposures == 3  # a retry adds none


@pytest.mark.parametrize(
    ("category", "original"), [("requested", "random_stop"), ("streaming", "happy_path")]
)
def test_a_retry_of_something_else_settles_nothing(category: str, original: str) -> None:
    pool = exposed(suspected("streaming"), category, run="again", retry_of=original)
    assert decided(pool).why == "environment"
    assert pool.unsettled() == [a_finding()]


def test_it_takes_as_many_answers_in_time_as_had_been_late() -> None:
    pool = retried(suspected("streaming", "streaming"), "streaming", "streaming", late_ms=(5,))
    assert decided(pool).why == "environment"
    rule = decided(retried(pool, "streaming"))
    assert rule.verdict is Verdict.PASS
    (note,) = rule.notes
    assert note == (
        "random_stop, streaming: 2 late by up to 20 ms; tried again alone, late again in 1 of 3,"
        " by up to 5 ms"
    )


def test_a_retry_that_is_later_than_before_settles_nothing_however_many_are_in_time() -> None:
    pool = retried(suspected("streaming"), *["streaming"] * 9, late_ms=(20.5,))
    assert decided(pool).why == "environment"


def test_what_ran_under_a_fault_without_a_receipt_does_not_count() -> None:
    pool = exposed(Pool(a_check(), {}), "streaming", "streaming", "requested")
    exposed(pool, "streaming", "requested", run="client_stall")
    pool.without_receipt = frozenset({"client_stall"})
    rule = decided(pool)
    assert (rule.verdict, rule.exposures, rule.unjudged) == (Verdict.PASS, 3, {"no_receipt": 2})
    pool.without_receipt = frozenset({"random_stop"})
    assert decided(pool).why == "no_receipt: 2 of 3 in all, streaming 1 of 2"
    pool.breach(a_finding())
    assert decided(pool).verdict is Verdict.FAIL


def test_a_retry_under_a_fault_without_a_receipt_settles_nothing() -> None:
    pool = retried(suspected("streaming"), "streaming")
    pool.without_receipt = frozenset({"random_stop~1"})
    assert decided(pool).why == "environment"


def test_a_retry_that_is_a_breach_fails() -> None:
    pool = suspected("streaming")
    pool.breach(a_finding(run="random_stop~1"))
    assert decided(pool).verdict is Verdict.FAIL


def test_what_the_suts_own_load_made_late_is_inconclusive_at_best() -> None:
    pool = suspected()
    pool.suspect(a_finding(), None, is_final=True)
    assert decided(retried(pool, "streaming")).why == "environment"
