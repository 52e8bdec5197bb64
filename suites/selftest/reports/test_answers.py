"""The symptoms and the buyer's questions are answered by named rules and counts."""

from harness.model.verdict import Verdict
from reports.answers import questions_of, symptoms_of
from reports.parts import Symptom
from suites.selftest.harness.judged import judged
from suites.selftest.harness.story import Story
from suites.selftest.reports.staging import (
    a_failed_judgement,
    a_finding,
    a_judgement,
    a_late_release,
    a_manifest,
    a_rule,
)


def symptom(words: str, *judged: Verdict, exposures: int = 240, found: int = 0) -> Symptom:
    rules = tuple(
        a_rule(
            "MSG-2",
            verdict=verdict,
            exposures=exposures,
            findings_total=found,
            sessions=exposures,
            sessions_breached=found,
            findings=(a_finding(category="after the first"),) * min(found, 10),
        )
        for verdict in judged
    )
    return next(item for item in symptoms_of(rules) if item.words == words)


def test_a_symptom_that_was_looked_for_has_a_rate_with_its_interval() -> None:
    shown = symptom("second message silent", Verdict.FAIL, found=12)
    assert (shown.state, shown.rates[0].rate) == ("seen", 0.05)
    assert shown.sentence == (
        "MSG-2: 12 in 240 occasions; 12 of 240 sessions, 5.0 % (95 %: 2.9 % to 8.5 %)"
    )


def test_a_symptom_that_did_not_show_still_has_an_upper_bound() -> None:
    shown = symptom("second message silent", Verdict.PASS)
    assert (shown.state, shown.rates[0].low) == ("not seen", 0.0)
    assert shown.rates[0].high is not None
    assert 0 < shown.rates[0].high < 0.02


def test_a_symptom_without_an_occasion_is_not_shown() -> None:
    assert symptom("second message silent", Verdict.INCONCLUSIVE, exposures=0).state == "not shown"
    assert symptom("second message silent", Verdict.NOT_OBSERVABLE).state == "not shown"
    assert symptom("audio stream never completes").not_judged == ("EOS-4",)


def test_a_symptom_is_only_not_seen_if_every_rule_behind_it_passed() -> None:
    shown = symptom("second message silent", Verdict.INCONCLUSIVE, exposures=5)
    assert (shown.state, shown.sentence) == ("not shown", "not enough was shown of MSG-2")
    for other in (Verdict.INCONCLUSIVE, Verdict.NOT_OBSERVABLE, Verdict.ERROR):
        rules = (a_rule("OWN-1"), a_rule("OWN-3", verdict=other))
        assert symptoms_of(rules)[4].state == "not shown"
    rules = (a_rule("OWN-1"), a_rule("OWN-3", verdict=Verdict.NOT_APPLICABLE))
    assert symptoms_of(rules)[4].state == "not seen"


def states(*stories: Story) -> dict[str, str]:
    rules = tuple(rule for rule in judged(*stories).rules if rule.findings)
    return {item.words: item.state for item in symptoms_of(rules) if item.state != "not shown"}


def test_a_late_end_is_no_stream_that_never_completes() -> None:
    late = Story().begun(0, 300).let_go(303).voiced(300, message=2)
    late.end(1403, reason="superseded").leave(2500)
    assert states(late)["audio stream never completes"] == "late ends seen"
    never = Story().begun(0, 240).stop(240).let_go(241, socket_after_ms=4).leave(2500)
    assert states(never)["audio stream never completes"] == "seen"
    assert states(never)["stuck in 'speaking'"] == "seen"


def test_two_ends_are_not_stuck() -> None:
    story = Story().begun(0, 240).stop(240).let_go(241, socket_after_ms=4)
    story.end(243, reason="stopped").end(246)
    assert states(story.leave(1000))["stuck in 'speaking'"] == "double ends seen"


def test_what_was_released_late_does_not_accumulate() -> None:
    story = Story().begun(0, 240).stop(240).end(243, reason="stopped").let_go(1900)
    assert states(story.leave(2500))["connections accumulate"] == "released late"
    held = Story().begun(0, 240).stop(240).end(243, reason="stopped").leave(2500)
    assert states(held.lane_closing(3000))["connections accumulate"] == "seen"


def test_a_first_message_that_is_silent_is_not_the_second() -> None:
    first = a_rule("MSG-2", verdict=Verdict.FAIL, findings=(a_finding(category="first"),))
    assert symptoms_of((first,))[0].state == "first message silent"


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
