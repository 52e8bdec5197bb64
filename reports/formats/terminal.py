"""Text: the certificate on a terminal, and the same as a file; findings first, the verdict last."""

import io

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Ruler
from rich.table import Table
from rich.text import Text

from reports.certificate import Certificate
from reports.figures import count, named, number, quantity
from reports.formats.base import document
from reports.parts import Card, Item, Line, Measured, Resource, Rule
from reports.wording import spoken

FILE_WIDTH = 100
TABLE_WIDTH_MAX = 110  # wider, and the eye loses the row
ALSO_MAX = 3  # further findings of a rule: their sentences only
STYLES = {
    "PASS": "green",
    "FAIL": "bold red",
    "INCONCLUSIVE": "yellow",
    "UNDECIDED": "yellow",
    "ERROR": "bold magenta",
    "CERTIFIED": "bold green",
    "NOT CERTIFIED": "bold red",
    "HARNESS ERROR": "bold magenta",
}
QUIET = "dim"
LANES = ("client", "relay", "upstream")


@document("text", file_name="certificate.txt")
def as_text(certificate: Certificate) -> str:
    """Return the document as plain text, for a file."""
    paper = io.StringIO()
    render(certificate, Console(file=paper, width=FILE_WIDTH, color_system=None, highlight=False))
    return "\n".join(line.rstrip() for line in paper.getvalue().splitlines()) + "\n"


def output() -> Console:
    """Return the console on standard output; its width is the terminal's."""
    return Console(highlight=False)


def render(certificate: Certificate, console: Console) -> None:
    """Print the findings, the rules, the checklist, and as the last line the verdict."""
    width = min(console.width, TABLE_WIDTH_MAX)
    for part in _findings(certificate, width):
        console.print(part)
    console.print(_rules(certificate.rules, width))
    console.print()
    console.print(_checklist(certificate.checklist, width))
    console.print()
    console.print(_facts(certificate))
    console.print()
    console.print(_conclusion(certificate))


def _findings(certificate: Certificate, width: int) -> list[RenderableType]:
    """Return one whole card for each rule, and the sentences of its next findings."""
    by_rule: dict[str, list[Card]] = {}
    for card in (*certificate.findings, *certificate.excused):
        by_rule.setdefault(f"{card.word} {card.rule}", []).append(card)
    parts: list[RenderableType] = []
    for first, *others in by_rule.values():
        parts += [Ruler(style=QUIET), _card(first, width)]
        if others:
            parts.append(_others(others))
    return [*parts, Ruler(style=QUIET), Text("")] if parts else []


def _others(cards: list[Card]) -> Padding:
    pairs = [("Also", card.sentence) for card in cards[:ALSO_MAX]]
    more = len(cards) - ALSO_MAX
    if more > 0:
        pairs.append(("", f"{more} more in the HTML and the JSON"))
    return Padding(_pairs(pairs), (0, 0, 0, 2))


def _card(card: Card, width: int) -> Group:
    head = Text.assemble(_word(card.word), "  ", (card.rule, "bold"), "  ", card.title)
    facts = [("Who", f"{card.blame.side}: {card.blame.because}.")]
    if card.measured is not None:
        facts.append(("Measured", _measured(card.measured)))
    facts.append(("Where", card.where))
    facts += [("Fault", fault) for fault in card.faults]
    body: list[RenderableType] = [Text(card.sentence), _pairs(facts)]
    if card.lines:
        body += [Text(""), _lanes(card.lines, width - 2), Text("")]
    body.append(_pairs([("Again", card.again)]))
    return Group(head, Padding(Group(*body), (0, 0, 0, 2)))


def _pairs(pairs: list[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style=QUIET, no_wrap=True, min_width=8)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(name, Text(value))
    return table


def _measured(measured: Measured) -> str:
    return (
        f"{number(measured.measured_ms)} ms, limit {number(measured.limit_ms)} ms,"
        f" outside evidence E {number(measured.excuse_ms)} ms:"
        f" a breach above {number(measured.fails_above_ms)} ms"
    )


def _lanes(lines: tuple[Line, ...], width: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style=QUIET, width=width)
    table.add_column("ms", justify="right", no_wrap=True, min_width=8)
    for lane in LANES:
        table.add_column(lane, ratio=1, overflow="fold")
    for line in lines:
        text = f"{line.text} ◄\N{NO-BREAK SPACE}BREACH" if line.is_breach else line.text
        cells = (Text(text if lane == line.lane else "") for lane in LANES)
        style = STYLES["FAIL"] if line.is_breach else ""
        table.add_row(f"{line.at_ms:,.1f}", *cells, style=style)
    return table


def _rules(rules: tuple[Rule, ...], width: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold", width=width)
    table.add_column("rule", no_wrap=True)
    table.add_column("the SUT must …", ratio=1)
    table.add_column("verdict", no_wrap=True)
    table.add_column("tried/minimum", no_wrap=True, justify="right")
    for rule in rules:
        table.add_row(
            rule.id,
            _requirement(rule),
            _word(spoken(rule.verdict.value)),
            f"{number(rule.exposures)}/{number(rule.minimum)}",
        )
    return table


def _requirement(rule: Rule) -> Text:
    text = Text(rule.title if rule.level.value == "MUST" else f"{rule.title} (SHOULD)")
    notes = []
    if rule.breaches:
        notes.append(count(rule.breaches, "breach", "breaches"))
    if rule.why:
        notes.append(rule.why)
    notes += rule.notes
    notes += [
        f"limit {limit.mark}: {named(limit.name, limit.value)}"
        for limit in rule.limits
        if limit.mark
    ]
    for note in notes:
        text.append(f"\n{note}", style=QUIET)
    return text


def _checklist(items: tuple[Item, ...], width: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold", width=width)
    table.add_column("#", no_wrap=True, justify="right")
    table.add_column("checklist", ratio=1)
    table.add_column("verdict", no_wrap=True)
    for item in items:
        text = Text(item.requirement)
        text.append(f"\n{item.sentence}", style=QUIET)
        table.add_row(str(item.number or "+"), text, _word(spoken(item.verdict)))
    return table


def _facts(certificate: Certificate) -> Table:
    proxy, conclusion = certificate.environment.toxiproxy, certificate.conclusion
    judged = f"{conclusion.rules_judged} of {conclusion.rules_in_catalogue} rules of the catalogue"
    bitten = sum(1 for receipt in certificate.receipts if receipt.has_bitten)
    looser = [item.name for item in certificate.target.declared if item.mark == "looser"]
    facts = [
        ("target", f"{certificate.target.name} ({certificate.target.reached})"),
        ("toxiproxy", f"{proxy.kind} {proxy.version}".strip()),
        ("seed", f"{certificate.seed}, tier {certificate.tier}"),
        ("judged", f"{judged}; {_unseen(certificate)}"),
        ("faults", f"{bitten} of {len(certificate.receipts)} with a receipt that they bit"),
        ("looser", ", ".join(looser)),
        *(("symptom", f"{s.words}: {s.state}") for s in certificate.symptoms),
        ("resources", "; ".join(map(_resource, certificate.resources))),
        ("time", ", ".join(f"{t.name} {number(t.seconds)} s" for t in certificate.timings)),
        *(("record", problem) for problem in certificate.problems),
    ]
    return _pairs([fact for fact in facts if fact[1]])


def _unseen(certificate: Certificate) -> str:
    letters = [seen.vantage for seen in certificate.vantages if not seen.is_seen]
    return f"not observed: {', '.join(letters)}" if letters else "every vantage was observed"


def _resource(resource: Resource) -> str:
    first, last, most = (
        quantity(value, resource.unit) for value in (resource.first, resource.last, resource.most)
    )
    return f"{resource.name} {first} → {last} (most {most})"


def _conclusion(certificate: Certificate) -> Text:
    conclusion = certificate.conclusion
    counts = ", ".join(
        f"{amount} {spoken(verdict)}" for verdict, amount in conclusion.counts.items()
    )
    breaches = count(certificate.findings_total, "breach", "breaches")
    return Text.assemble(
        _word(conclusion.word), f" at grade {conclusion.grade}: {counts}; {breaches}"
    )


def _word(word: str) -> Text:
    return Text(word, style=STYLES.get(word, QUIET))
