"""The symptoms and the buyer's questions are answered by named rules and counts."""

from harness.model.verdict import Verdict
from reports.answers import questions_of, symptoms_of
from reports.parts import Symptom
from suites.selftest.reports.staging import (
    a_failed_judgement,
    a_judgement,
    a_late_release,
    a_manifest,
    a_rule,
)


def symptom(words: str, *judged: Verdict, exposures: int = 240, found: int = 0) -> Symptom:
    rules = tuple(
        a_rule("MSG-2", verdict=verdict, exposures=exposures, findings_total=found)
        for verdict in judged
    )
    return next(item for item in symptoms_of(rules) if item.words == words)


def test_a_symptom_that_was_looked_for_has_a_rate_with_its_interval() -> None:
    shown = symptom("second message silent", Verdict.FAIL, found=12)
    assert (shown.state, shown.rates[0].rate) == ("seen", 0.05)
    assert shown.sentence == "MSG-2: 12 in 240 occasions, 5.0 % (95 %: 2.9 % to 8.5 %)"


def test_a_symptom_that_did_not_show_still_has_an_upper_bound() -> None:
    shown = symptom("second message silent", Verdict.PASS)
    assert (shown.state, shown.rates[0].low) == ("not seen", 0.0)
    assert shown.rates[0].high is not None
    assert 0 < shown.rates[0].high < 0.02


def test_a_symptom_without_an_occasion_is_not_shown() -> None:
    assert symptom("second message silent", Verdict.INCONCLUSIVE, exposures=0).state == "not shown"
    assert symptom("second message silent", Verdict.NOT_OBSERVABLE).state == "not shown"
    assert symptom("audio stream never completes").not_judged == ("EOS-4",)


def test_more_breaches_than_occasions_make_no_rate() -> None:
    rate = symptom("second message silent", Verdict.FAIL, exposures=3, found=7).rates[0]
    assert (rate.rate, rate.low, rate.high) == (None, None, None)
    assert rate.sentence == "MSG-2: 7 in 3 occasions"


def test_the_four_questions_are_answered_in_order() -> None:
    asked = [item.question for item in questions_of(a_manifest(), a_judgement())]
    assert [question.split(" ")[0] for question in asked] == ["How", "What", "How", "What"]


def test_an_answer_names_the_rules_that_failed() -> None:
    interrupts = questions_of(a_manifest(), a_failed_judgement())[1]
    assert (
        interrupts.answer == "Not as required: STOP-2 failed with 1 breach; 1,200 occasions in all."
    )
    assert any("STOP-4" in line for line in interrupts.not_shown)


def test_an_answer_that_rests_on_nothing_says_so() -> None:
    blind = a_judgement(a_rule("STOP-1", verdict=Verdict.NOT_OBSERVABLE))
    interrupts = questions_of(a_manifest(), blind)[1]
    assert interrupts.answer == "Nothing that this run could observe answers this."
    assert "not observable: STOP-1" in interrupts.not_shown


def test_what_is_inconclusive_is_not_sold_as_proven() -> None:
    lifecycle = questions_of(a_manifest(), a_failed_judgement())[0]
    assert lifecycle.answer.startswith("Not proven: 2 of 3 rules held")


def test_the_methodology_counts_faults_that_bit() -> None:
    method = questions_of(a_manifest(), a_judgement())[3]
    assert any("1 of 1 (network_latency)" in line for line in method.evidence)
    assert "client and upstream" in method.answer


def test_an_upstream_that_was_not_seen_is_not_claimed() -> None:
    rule = a_rule("STOP-1", excused=(a_late_release(),))
    method = questions_of(a_manifest(), a_judgement(rule, grade="C", receipts=()))[3]
    assert "the client alone" in method.answer
