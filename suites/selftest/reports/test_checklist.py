"""The catalogue of the certificate agrees with the checks that there are."""

from harness.checks.base import CHECKS
from reports.checklist import BY_ID, CATALOGUE, REQUIREMENTS, beside_the_checklist, requirements_of


def test_the_eight_requirements_are_numbered_in_order() -> None:
    assert [item.number for item in REQUIREMENTS] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_every_rule_of_a_requirement_is_in_the_catalogue() -> None:
    named = {rule for item in REQUIREMENTS for rule in item.rules}
    assert named <= set(BY_ID)


def test_the_catalogue_holds_each_rule_once() -> None:
    assert len(BY_ID) == len(CATALOGUE) == 39


def test_every_rule_stands_in_the_checklist_or_beside_it() -> None:
    beside = set(beside_the_checklist())
    assert all(bool(requirements_of(rule.id)) != (rule.id in beside) for rule in CATALOGUE)


def test_a_rule_may_belong_to_two_requirements() -> None:
    assert requirements_of("EOS-4") == (4, 8)


def test_the_catalogue_says_of_each_check_what_the_check_says_itself() -> None:
    for check in CHECKS:
        known = BY_ID[check.id]
        said = (known.title, known.level, known.vantages, known.limits)
        assert said == (check.title, check.level, check.vantages, dict(check.limits)), check.id
