"""Rules as they are shown, and the requirements that they add up to."""

import pytest

from harness.model.verdict import Minimum, RuleVerdict, Verdict
from reports.parts import Item
from reports.rules import NOT_IN_THIS_VERSION, items_of, rule_of
from suites.selftest.reports.staging import JUDGED, a_rule, a_target


def item(number: int, *rules: RuleVerdict) -> Item:
    shown = tuple(rule_of(rule, a_target()) for rule in rules)
    return next(found for found in items_of(shown) if found.number == number)


def test_exposures_stand_against_their_minimum_by_category() -> None:
    rule = rule_of(
        a_rule(
            exposures_by={"ended": 3, "stopped": 2},
            minimum=Minimum(total=100, by_category={"stopped": 10, "failed": 3}),
        ),
        a_target(),
    )
    assert [(c.name, c.exposures, c.minimum) for c in rule.categories] == [
        ("stopped", 2, 10),
        ("failed", 0, 3),
        ("ended", 3, 0),
    ]


def test_a_pass_says_what_its_count_can_show() -> None:
    assert rule_of(a_rule(exposures=300), a_target()).bound.startswith("zero in 300")


def test_a_failure_bounds_nothing() -> None:
    assert rule_of(a_rule(verdict=Verdict.FAIL), a_target()).bound == ""


@pytest.mark.parametrize(("value", "mark"), [(250.0, ""), (400.0, "looser"), (100.0, "stricter")])
def test_a_limit_of_the_target_is_marked_against_the_default(value: float, mark: str) -> None:
    rule = rule_of(a_rule("STOP-2", limits={"release_ms": value}), a_target())
    assert (rule.limits[0].mark, rule.limits[0].default) == (mark, 250.0)


def test_a_limit_without_a_known_default_is_marked_as_the_targets_own() -> None:
    target = a_target(limits={"NEW-1": 5.0})
    assert rule_of(a_rule("NEW-1", limits={"late_ms": 5.0}), target).limits[0].mark == "own"


def test_a_requirement_fails_with_any_must() -> None:
    rules = (a_rule("STOP-1"), a_rule("STOP-2", verdict=Verdict.FAIL))
    assert item(5, *rules).verdict == "FAIL"


def test_a_requirement_passes_on_its_judged_rules_and_says_how_many() -> None:
    assert (item(5, a_rule("STOP-1")).verdict, item(5, a_rule("STOP-1")).sentence) == (
        "PASS",
        "1 of 5 rules judged",
    )


@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.ERROR])
def test_what_is_open_is_not_passed(verdict: Verdict) -> None:
    assert item(5, a_rule("STOP-1"), a_rule("STOP-2", verdict=verdict)).verdict == verdict.value


def test_a_requirement_with_only_unseen_rules_is_not_observable() -> None:
    shown = item(1, a_rule("OWN-1", verdict=Verdict.NOT_OBSERVABLE))
    assert shown.verdict == "NOT_OBSERVABLE"
    assert shown.sentence == "0 of 3 rules judged; not observable: OWN-1"


def test_a_should_that_fails_breaks_nothing_but_is_named() -> None:
    shown = item(5, a_rule("STOP-1"), a_rule("STOP-5", verdict=Verdict.FAIL))
    assert (shown.verdict, "STOP-5" in shown.sentence) == ("PASS", True)


def test_rules_that_were_not_judged_are_listed_and_not_hidden() -> None:
    shown = item(3)
    assert shown.verdict == NOT_IN_THIS_VERSION
    assert [rule.id for rule in shown.rules] == ["CLN-1", "CLN-2"]
    assert {rule.exposures for rule in shown.rules} == {None}


def test_a_rule_beside_the_checklist_is_shown_too() -> None:
    beside = item(0, *(a_rule(rule) for rule in JUDGED), a_rule("NEW-1"))
    judged = [rule.id for rule in beside.rules if rule.exposures is not None]
    assert judged == ["OWN-3", "AUD-1", "NEW-1"]
