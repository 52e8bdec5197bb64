"""On a terminal: findings first, then rules and checklist, and one last line with the verdict."""

import io

import pytest
from rich.console import Console

from harness.model.verdict import Verdict
from reports.certificate import Certificate, make
from reports.formats import terminal
from suites.selftest.reports.staging import (
    JUDGED,
    a_failed_judgement,
    a_finding,
    a_judgement,
    a_manifest,
    a_rule,
)


def shown(certificate: Certificate, *, width: int = 100) -> str:
    paper = io.StringIO()
    terminal.render(certificate, Console(file=paper, width=width, color_system=None))
    return paper.getvalue()


def good() -> Certificate:
    return make(a_manifest(), a_judgement())


def bad() -> Certificate:
    return make(a_manifest(), a_failed_judgement())


def test_findings_come_first_then_rules_then_checklist() -> None:
    text = shown(bad())
    places = [text.index(part) for part in ("FAIL  EOS-1", "tried/minimum", "checklist", "target ")]
    assert places == sorted(places)


def test_the_last_line_is_the_verdict_with_its_counts() -> None:
    assert shown(good()).splitlines()[-1] == "CERTIFIED at grade CUP: 13 PASS; 0 breaches"
    assert shown(bad()).splitlines()[-1] == (
        "NOT CERTIFIED at grade CUP: 10 PASS, 2 FAIL, 1 INCONCLUSIVE; 13 breaches"
    )


@pytest.mark.parametrize("width", [80, 100, 140, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(len(line) for line in shown(bad(), width=width).splitlines()) <= width


@pytest.mark.parametrize("width", [80, 140])
def test_every_rule_has_its_row_at_any_width(width: int) -> None:
    rows = [line.split(" ")[0] for line in shown(good(), width=width).splitlines()]
    assert [row for row in rows if row in JUDGED] == list(JUDGED)


def test_one_card_is_whole_and_the_next_are_sentences() -> None:
    text = shown(bad())
    assert text.count("FAIL  EOS-1") == 1
    assert text.count("Also      Message") == terminal.ALSO_MAX
    assert "6 more in the HTML and the JSON" in text


def test_the_command_to_see_it_again_can_be_copied_whole_at_140_columns() -> None:
    command = "voicecert certify reference --seed 4711 --scenario random_stop"
    assert command in shown(bad(), width=140)


def test_a_pass_has_no_cards() -> None:
    assert shown(good()).startswith("rule ")


def test_square_brackets_of_a_sut_are_no_markup() -> None:
    finding = a_finding(sentence='message m1 ended ("[bold red]done[/]").')
    rule = a_rule("EOS-1", verdict=Verdict.FAIL, findings=(finding,), findings_total=1)
    assert '("[bold red]done[/]")' in shown(make(a_manifest(), a_judgement(rule)))


def test_what_could_not_be_seen_is_said() -> None:
    made = make(a_manifest(vantages="CU"), a_judgement(grade="CU"))
    assert "not observed: P, L, H, B" in shown(made)


def test_the_file_is_the_same_without_colour() -> None:
    text = terminal.as_text(bad())
    assert "\x1b" not in text
    assert text.splitlines()[-1].startswith("NOT CERTIFIED")


def test_a_terminal_with_colour_still_has_the_words() -> None:
    paper = io.StringIO()
    console = Console(file=paper, width=100, force_terminal=True, color_system="standard")
    terminal.render(bad(), console)
    assert "\x1b[1;31mFAIL" in paper.getvalue()


def test_the_console_for_people_is_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.render(good(), terminal.output())
    assert capsys.readouterr().out.splitlines()[-1].startswith("CERTIFIED")
