"""One HTML file that needs nothing from outside, and that quotes nobody unescaped."""

import re
from html.parser import HTMLParser

from harness.model.verdict import Verdict
from reports.certificate import Certificate, make
from reports.formats.html import render
from suites.selftest.reports.staging import (
    a_failed_judgement,
    a_finding,
    a_judgement,
    a_manifest,
    a_rule,
    a_target,
)

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Reader(HTMLParser):
    """Reads a document strictly: each element closed in order; keeps ids, links and text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        known = dict(attrs)
        self.ids += [known["id"] or ""] if "id" in known else []
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(certificate: Certificate) -> Reader:
    reader = Reader()
    reader.feed(render(certificate))
    reader.close()
    assert reader.open == []
    reader.text = " ".join(reader.text.split())
    return reader


def good() -> Certificate:
    return make(a_manifest(), a_judgement())


def bad() -> Certificate:
    return make(a_manifest(), a_failed_judgement())


def test_the_document_asks_nothing_from_outside() -> None:
    for made in (good(), bad()):
        assert all(link.startswith("#") or link == "data:," for link in read(made).links)
        assert not re.search(r"url\(|@import|<script|https?://", render(made))


def test_every_link_leads_somewhere() -> None:
    reader = read(bad())
    assert {link[1:] for link in reader.links if link.startswith("#")} <= set(reader.ids)
    assert len(reader.ids) == len(set(reader.ids))


def test_every_verdict_is_a_word() -> None:
    text = read(bad()).text
    for word in ("✗ NOT CERTIFIED", "✗ FAIL", "✓ PASS", "? INCONCLUSIVE", "~ EXCUSED"):
        assert word in text


def test_a_card_has_its_sentence_blame_lanes_and_command() -> None:
    text = read(bad()).text
    assert "Message m1 of s1 got 2 end signals" in text
    assert "the SUT: the upstream stream had been let go 2 ms before" in text
    assert '◄── end m1 "completed" ◄ BREACH' in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "voicecert certify reference --seed 4711 --scenario random_stop" in text
    assert "512 ms; limit 250 ms + 2 × E 3.1 ms = 256.2 ms (E: lateness of our loop" in text
    assert "ms since speakclientrelayupstream" in text
    assert "Loglogs/sut-shared.log" in text.replace("Log ", "Log")
    assert "STOP has reached the SUT (PONG)" in text


def test_how_much_was_run_stands_under_the_verdict() -> None:
    made = make(a_manifest(scenarios=("happy_path",), scenarios_available=11), a_judgement())
    assert "is met. 1 of 11 scenarios was run." in read(made).text


def test_a_default_that_is_looser_is_said_to_be_one() -> None:
    text = read(good()).text
    assert "completion_idle_ms100001000default, looser than the reference" in text
    assert "streams_live_max1default" in text


def test_narrow_screens_stack_the_verdict_under_the_requirement() -> None:
    narrow = render(good()).split("@media (max-width: 40rem)")[1]
    assert ".checklist .item td { flex: 1 1 100%" in narrow


def test_what_the_sut_wrote_is_not_markup() -> None:
    evil = a_finding(sentence='ended "<script>alert(1)</script>"')
    rule = a_rule("EOS-1", verdict=Verdict.FAIL, findings=(evil,), findings_total=1)
    manifest = a_manifest(target=a_target(title="<img src=x onerror=alert(1)>"))
    page = render(make(manifest, a_judgement(rule)))
    assert "<script>" not in page
    assert "<img" not in page


def test_everything_that_the_certificate_must_hold_is_there() -> None:
    text = read(good()).text
    for part in (
        "Single WebSocket per user session",
        "connection count monitoring",
        "1 of 3 rules judged",
        "NOT IN THIS VERSION",
        "zero in 240 shows only a rate below about 1.2 %",
        "second message silent",
        "How are completion signals guaranteed?",
        "real 2.12.0",
        "network latency",
        "canary round trip",
        "harness 0.1.0, checklist 2026.2",
        "a1" * 32,
        "39.1 MiB",
        "start-up",
        "completion_idle_ms",
        "looser",
    ):
        assert part in text, part


def test_a_remote_platform_says_what_was_not_observable() -> None:
    text = read(make(a_manifest(vantages="CU"), a_judgement(grade="CU"))).text
    assert "Would have shown sockets, descriptors, threads and memory" in text


def test_the_problems_of_the_record_are_on_the_first_screen() -> None:
    page = render(bad())
    assert page.index("3 lines of harness.jsonl are no events") < page.index("<h2>Findings")


def test_a_run_without_scenarios_or_faults_still_makes_a_page() -> None:
    bare = make(
        a_manifest(scenarios=(), timings_s={}),
        a_judgement(measurements={}, receipts=(), events=0),
    )
    assert "No network fault was part of this run." in read(bare).text
