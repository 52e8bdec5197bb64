"""The view model holds what a reader must be told, and decides nothing."""

import msgspec
import pytest

from harness.model.verdict import Judgement, Level, Verdict
from reports.certificate import make
from suites.selftest.reports.staging import (
    a_failed_judgement,
    a_finding,
    a_judgement,
    a_manifest,
    a_rule,
    a_target,
)


def test_a_pass_is_certified_at_its_grade() -> None:
    made = make(a_manifest(), a_judgement())
    assert (made.conclusion.word, made.conclusion.counts) == ("CERTIFIED", {"PASS": 13})
    assert (made.conclusion.rules_judged, made.conclusion.rules_in_catalogue) == (13, 39)
    assert "grade CUP" in made.conclusion.sentence


def test_a_broken_must_is_named_with_its_breaches() -> None:
    made = make(a_manifest(), a_failed_judgement())
    assert made.conclusion.word == "NOT CERTIFIED"
    assert made.conclusion.sentence == "2 MUSTs proven broken (EOS-1, STOP-2), with 13 breaches."
    assert (made.findings_total, len(made.findings)) == (13, 11)


@pytest.mark.parametrize(
    ("verdict", "word"),
    [(Verdict.INCONCLUSIVE, "INCONCLUSIVE"), (Verdict.ERROR, "HARNESS ERROR")],
)
def test_what_is_neither_passed_nor_failed_has_a_word_of_its_own(
    verdict: Verdict, word: str
) -> None:
    made = make(a_manifest(), a_judgement(a_rule("EOS-1"), a_rule("EOS-2", verdict=verdict)))
    assert made.conclusion.word == word
    assert "EOS-2" in made.conclusion.sentence


def test_a_should_is_not_counted_as_a_broken_must() -> None:
    should = a_rule("EOS-5", verdict=Verdict.FAIL, level=Level.SHOULD)
    assert make(a_manifest(), a_judgement(a_rule(), should)).conclusion.certified


def test_the_three_version_numbers_are_there() -> None:
    versions = make(a_manifest(), a_judgement()).versions
    assert (versions.harness, versions.checklist) == ("0.1.0", "2026.2")
    assert versions.schemas.certificate == 2


def test_resources_are_told_apart_from_other_figures() -> None:
    made = make(a_manifest(), a_judgement())
    assert [(r.name, r.unit, r.first, r.most) for r in made.resources] == [
        ("sockets", "", 4, 6),
        ("rss", "bytes", 41_000_000, 42_100_000),
    ]
    assert ("worst harness loop lag", "ms") in [(m.words, m.unit) for m in made.measurements]
    assert len(made.resources) * 3 + len(made.measurements) == len(a_judgement().measurements)


def test_timings_keep_their_order() -> None:
    made = make(a_manifest(), a_judgement())
    assert [timing.name for timing in made.timings] == [
        "start-up",
        "scenarios",
        "in all",
    ]


def test_retries_are_told_only_if_there_were_any() -> None:
    def names(retries_s: float, judgement: Judgement) -> list[str]:
        timings_s = {"scenarios": 31.2, "retries": retries_s}
        return [timing.name for timing in make(a_manifest(timings_s=timings_s), judgement).timings]

    assert names(0.2, a_judgement()) == ["scenarios"]
    assert names(1.2, a_judgement()) == ["scenarios", "retries"]
    assert names(0.2, a_failed_judgement()) == ["scenarios", "retries"]
    again = a_finding(scenario_run="random_stop~1")
    rule = a_rule("EOS-1", verdict=Verdict.FAIL, findings=(again,))
    assert names(0.2, a_judgement(rule)) == ["scenarios", "retries"]


@pytest.mark.parametrize(
    ("names", "available", "scope"),
    [
        (("happy_path",), 11, "1 of 11 scenarios was run"),
        (("happy_path", "random_stop"), 11, "2 of 11 scenarios were run"),
        (("happy_path",), 1, ""),
        (("happy_path",), 0, ""),
    ],
)
def test_fewer_scenarios_than_there_are_is_said(
    names: tuple[str, ...], available: int, scope: str
) -> None:
    manifest = a_manifest(scenarios=names, scenarios_available=available)
    assert make(manifest, a_judgement()).conclusion.scope == scope


def test_a_platform_that_ran_already_is_said_to_be_reached_by_its_url() -> None:
    sut = msgspec.structs.replace(a_target().sut, command=(), url="ws://127.0.0.1:8080/v1/session")
    facts = make(a_manifest(target=a_target(sut=sut)), a_judgement(grade="CU")).target
    assert facts.reached == "at ws://127.0.0.1:8080/v1/session, running already"


def test_the_upstream_is_described_by_its_profile() -> None:
    upstream = msgspec.structs.replace(a_target().upstream, profile="http", listen="127.0.0.1:9100")
    facts = make(a_manifest(target=a_target(upstream=upstream)), a_judgement()).target
    assert facts.upstream == "http, fixed at 127.0.0.1:9100"
    assert make(a_manifest(), a_judgement()).target.upstream == "ws, end marker text:__END__"


def test_problems_of_run_and_record_are_shown_once() -> None:
    manifest = a_manifest(
        problems=("the proxy was restarted", "3 lines of harness.jsonl are no events")
    )
    assert make(manifest, a_failed_judgement()).problems == (
        "The proxy was restarted",
        "3 lines of harness.jsonl are no events",
    )


@pytest.mark.parametrize("state", ["running", "interrupted"])
def test_a_run_that_did_not_end_says_so_even_if_the_judge_does_not(state: str) -> None:
    assert len(make(a_manifest(state=state), a_judgement()).problems) == 1


def test_the_same_record_gives_the_same_certificate() -> None:
    assert make(a_manifest(), a_failed_judgement()) == make(a_manifest(), a_failed_judgement())
