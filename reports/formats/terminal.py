"""Text: the certificate on a terminal, and the same as a file; findings first, the verdict last."""

import io
import shlex

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Ruler
from rich.table import Table
from rich.text import Text

from reports.cards import MOMENT
from reports.certificate import Certificate
from reports.figures import count, named, number, quantity
from reports.formats.base import document
from reports.parts import Card, Item, Line, Resource, Rule, Symptom
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
AGAIN = "  Again     "
BROKEN = " \\"
Window = tuple[tuple[str, str, str, str], tuple[tuple[float, str, str], ...]]
LANES = ("client", "relay", "upstream")
SINCE = "ms since\nspeak"
VANTAGES = {
    "C": "client",
    "U": "upstream",
    "P": "processes",
    "L": "log",
    "H": "test hook",
    "B": "browser",
}
DECIDING = ("FAIL", "ERROR")  # the rules of these are named in the last line


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
        console.print(part, soft_wrap=isinstance(part, Text))  # a command is broken by nobody else
    console.print(_rules(certificate.rules, width))
    console.print()
    console.print(_checklist(certificate.checklist, width))
    console.print()
    console.print(_facts(certificate))
    console.print()
    console.print(_conclusion(certificate), soft_wrap=not console.is_terminal)


def _findings(certificate: Certificate, width: int) -> list[RenderableType]:
    """Return one whole card for each rule, and the sentences of its next findings."""
    by_rule: dict[str, list[Card]] = {}
    windows: dict[Window, Card] = {}
    for card in (*certificate.findings, *certificate.excused):
        by_rule.setdefault(f"{card.word} {card.rule}", []).append(card)
    parts: list[RenderableType] = []
    for first, *others in by_rule.values():
        earlier = windows.setdefault(_window(first), first)
        again = Text(command(first.again, width))
        again.stylize(QUIET, 0, len(AGAIN))
        parts += [Ruler(style=QUIET), _card(first, earlier, width), again]
        if others:
            parts.append(_others(others))
    return [*parts, Ruler(style=QUIET), Text("")] if parts else []


def _others(cards: list[Card]) -> Padding:
    pairs = [("Also", card.sentence) for card in cards[:ALSO_MAX]]
    more = len(cards) - ALSO_MAX
    if more > 0:
        pairs.append(("", f"{more} more in the HTML and the JSON"))
    return Padding(_pairs(pairs), (0, 0, 0, 2))


def _window(card: Card) -> Window:
    """Return what the lanes of a card show, without the mark of its breach."""
    events = tuple((e.at_ms, e.lane, e.text) for e in card.lines if e.text != MOMENT)
    return (card.scenario, card.lane, card.session or "", card.message or ""), events


def command(words: str, width: int) -> str:
    """Return the command as it can be pasted: a line that would not fit is continued.

    An option stays with its value. What is longer than a line by itself is left to the terminal.
    """
    pieces: list[str] = []
    for word in map(shlex.quote, shlex.split(words)):
        if pieces and not word.startswith("--"):
            pieces[-1] += f" {word}"
        else:
            pieces.append(word)
    lines = [AGAIN + pieces[0]]
    for piece in pieces[1:]:
        if len(lines[-1]) + len(piece) + len(BROKEN) + 1 <= width:
            lines[-1] += f" {piece}"
        else:
            lines[-1] += BROKEN
            lines.append(" " * (len(AGAIN) + 2) + piece)
    return "\n".join(lines)


def _card(card: Card, earlier: Card, width: int) -> Group:
    head = Text.assemble(_word(card.word), "  ", (card.rule, "bold"), "  ", card.title)
    facts = [("Who", f"{card.blame.side}: {card.blame.because}.")]
    if card.measured is not None:
        facts.append(("Measured", card.measured.sentence))
    facts.append(("Where", card.where))
    facts += [("Fault", fault) for fault in card.faults]
    facts += [("Log", card.log)] if card.log else []
    body: list[RenderableType] = [Text(card.sentence), _pairs(facts)]
    if card.lines and earlier is card:
        body += [Text(""), _lanes(card.lines, width - 2), Text("")]
    elif card.lines:
        body.append(Text(_as_under(card, earlier)))
    return Group(head, Padding(Group(*body), (0, 0, 0, 2)))


def _as_under(card: Card, earlier: Card) -> str:
    """Return where the lanes of the card are, and its breach if it is another one there."""
    here, there = (next(e for e in one.lines if e.is_breach) for one in (card, earlier))
    breach = "" if here.at_ms == there.at_ms else f", the breach at {here.at_ms:,.1f} ms"
    return f"lanes: as under {earlier.rule} above{breach}"


def _pairs(pairs: list[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style=QUIET, no_wrap=True, min_width=8)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(name, Text(value))
    return table


def _lanes(lines: tuple[Line, ...], width: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style=QUIET, width=width)
    table.add_column(SINCE, justify="right", no_wrap=True, min_width=8)
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
    facts = [
        ("target", f"{certificate.target.name} ({certificate.target.reached})"),
        ("toxiproxy", f"{proxy.kind} {proxy.version}".strip()),
        ("seed", f"{certificate.seed}, tier {certificate.tier}"),
        ("judged", f"{judged}; {_unseen(certificate)}"),
        ("faults", _bitten(certificate)),
        ("looser", ", ".join(_looser(certificate))),
        *(("symptom", f"{s.words}: {s.state}{_unjudged(s)}") for s in certificate.symptoms),
        ("resources", "; ".join(map(_resource, certificate.resources))),
        ("trust", certificate.trust.sentence if certificate.trust else ""),
        ("time", ", ".join(f"{t.name} {number(t.seconds)} s" for t in certificate.timings)),
        *(("record", problem) for problem in certificate.problems),
    ]
    return _pairs([fact for fact in facts if fact[1]])


def _unseen(certificate: Certificate) -> str:
    letters = [seen.vantage for seen in certificate.vantages if not seen.is_seen]
    named_too = [f"{letter} ({VANTAGES[letter]})" for letter in letters]
    return f"not observed: {', '.join(named_too)}" if letters else "every vantage was observed"


def _bitten(certificate: Certificate) -> str:
    receipts = certificate.receipts
    if not receipts:
        return "none in this run"
    bitten = sum(1 for receipt in receipts if receipt.has_bitten)
    return f"{bitten} of {len(receipts)} with a receipt that they bit"


def _looser(certificate: Certificate) -> list[str]:
    """Return what is looser than the reference, and whether the target file says so itself."""
    marked = [item for item in certificate.target.declared if "looser" in item.mark]
    return [item.name + ("" if item.mark == "looser" else " (default)") for item in marked]


def _unjudged(symptom: Symptom) -> str:
    is_bounded = symptom.state == "not seen" and symptom.not_judged
    return f" (not judged: {', '.join(symptom.not_judged)})" if is_bounded else ""


def _resource(resource: Resource) -> str:
    first, last, most = (
        quantity(value, resource.unit) for value in (resource.first, resource.last, resource.most)
    )
    return f"{resource.name} {first} → {last} (most {most})"


def _conclusion(certificate: Certificate) -> Text:
    conclusion = certificate.conclusion
    counts = ", ".join(
        f"{amount} {spoken(verdict)}{_names(certificate, verdict)}"
        for verdict, amount in conclusion.counts.items()
    )
    breaches = count(certificate.findings_total, "breach", "breaches")
    scope = f"; {conclusion.scope}" if conclusion.scope else ""
    return Text.assemble(
        _word(conclusion.word), f" at grade {conclusion.grade}: {counts}; {breaches}{scope}"
    )


def _names(certificate: Certificate, verdict: str) -> str:
    """Return the rules of a verdict that decides: of INCONCLUSIVE where nothing is worse."""
    is_open = certificate.conclusion.word == verdict
    ids = [rule.id for rule in certificate.rules if rule.verdict.value == verdict]
    return f" ({', '.join(ids)})" if is_open or verdict in DECIDING else ""


def _word(word: str) -> Text:
    return Text(word, style=STYLES.get(word, QUIET))
