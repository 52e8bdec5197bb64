"""On a terminal: findings first, then rules and checklist, and one last line with the verdict."""

import io
import subprocess

import msgspec
import pytest
from rich.console import Console

from harness.model.target import Behaviour
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
    a_target,
    line,
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
        "NOT CERTIFIED at grade CUP: 10 PASS, 2 FAIL (EOS-1, STOP-2), 1 INCONCLUSIVE; 13 breaches"
    )


def test_the_last_line_names_what_is_open_where_nothing_is_worse() -> None:
    made = make(a_manifest(), a_judgement(a_rule(), a_rule("MSG-1", verdict=Verdict.INCONCLUSIVE)))
    assert shown(made).splitlines()[-1].endswith("1 PASS, 1 INCONCLUSIVE (MSG-1); 0 breaches")


def test_the_last_line_says_how_much_was_run() -> None:
    made = make(a_manifest(scenarios=("happy_path",), scenarios_available=11), a_judgement())
    assert shown(made, width=80).splitlines()[-1] == (
        "CERTIFIED at grade CUP: 13 PASS; 0 breaches; 1 of 11 scenarios was run"
    )


@pytest.mark.parametrize("width", [80, 100, 140, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    *lines, last = shown(bad(), width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert last.startswith("NOT CERTIFIED")  # whole, for programs; a terminal gets it wrapped
    paper = io.StringIO()
    terminal.render(bad(), Console(file=paper, width=width, force_terminal=True, color_system=None))
    assert max(map(len, paper.getvalue().splitlines())) <= width


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


@pytest.mark.io
@pytest.mark.parametrize("width", [40, 60, 80, 140])
@pytest.mark.parametrize("name", ["reference", "/home/a/b c/" + "long" * 20 + ".toml", "it's"])
def test_a_pasted_command_is_one_command_at_any_width(name: str, width: int) -> None:
    made = make(a_manifest(target=a_target(name=name)), a_failed_judgement())
    text = shown(made, width=width)
    block = text[text.index("voicecert certify") :]
    pasted = []
    for piece in block.splitlines():
        pasted.append(piece)
        if not piece.endswith("\\"):
            break
    shell = "voicecert() { printf '%s\\n' \"$@\"; }\n" + "\n".join(pasted)
    ran = subprocess.run(["sh", "-euc", shell], capture_output=True, text=True, check=True)
    said = ["certify", name, "--seed", "4711", "--scenario", "random_stop"]
    assert ran.stdout.splitlines() == said
    assert ran.stderr == ""


def test_the_same_lanes_are_shown_once() -> None:
    here = a_finding()
    late = a_finding(
        sentence="late", lanes=tuple(line for line in here.lanes if not line.is_breach)
    )
    moved = line(151.3, "client", "◄── breach", is_breach=True)
    rules = (
        a_rule("EOS-1", verdict=Verdict.FAIL, findings=(here,), findings_total=1),
        a_rule("EOS-4", verdict=Verdict.FAIL, findings=(here,), findings_total=1),
        a_rule(
            "OWN-3",
            verdict=Verdict.FAIL,
            findings=(msgspec.structs.replace(late, lanes=(*late.lanes, moved)),),
            findings_total=1,
        ),
        a_rule("MSG-1", verdict=Verdict.FAIL, findings=(a_finding(message="m2"),)),
    )
    text = shown(make(a_manifest(), a_judgement(*rules)))
    assert text.count("lanes: as under EOS-1 above") == 2
    assert "lanes: as under EOS-1 above, the breach at 151.3 ms" in text
    assert text.count("ms since") == 2


def test_a_run_without_faults_says_none() -> None:
    text = shown(make(a_manifest(), a_judgement(receipts=())))
    assert "faults     none in this run" in text
    assert "faults     1 of 1 with a receipt that they bit" in shown(good())


def test_a_default_that_is_looser_is_told_from_a_declaration() -> None:
    behaviour = Behaviour(streams_live_max=2)
    text = shown(make(a_manifest(target=a_target(behaviour=behaviour)), a_judgement()))
    assert "looser     streams_live_max, reasons (default), completion_idle_ms (default)" in text


def test_a_symptom_that_was_not_seen_says_which_rules_did_not_look() -> None:
    assert "STOP unreliable: not seen (not judged: STOP-4)" in shown(good())


def test_the_log_of_the_sut_is_named() -> None:
    assert "Log       logs/sut-upstream_latency.log" in shown(bad())


def test_a_pass_has_no_cards() -> None:
    assert shown(good()).startswith("rule ")


def test_square_brackets_of_a_sut_are_no_markup() -> None:
    finding = a_finding(sentence='message m1 ended ("[bold red]done[/]").')
    rule = a_rule("EOS-1", verdict=Verdict.FAIL, findings=(finding,), findings_total=1)
    assert '("[bold red]done[/]")' in shown(make(a_manifest(), a_judgement(rule)))


def test_what_could_not_be_seen_is_said() -> None:
    made = make(a_manifest(vantages="CU"), a_judgement(grade="CU"))
    said = "not observed: P (processes), L (log), H (test hook), B (browser)"
    assert said in " ".join(shown(made).split())


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
