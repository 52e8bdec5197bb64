"""HTML: one file that needs no network, for a screen by day and by night, and for paper."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from harness.model.record import Environment as MachineFacts
from reports.certificate import Certificate
from reports.figures import count, named, number, quantity
from reports.formats.base import document
from reports.wording import spoken

ROOT = Path(__file__).resolve().parents[1]
MARKS = {
    "PASS": "✓",
    "FAIL": "✗",
    "INCONCLUSIVE": "?",
    "UNDECIDED": "?",
    "EXCUSED": "~",
    "ERROR": "!",
    "CERTIFIED": "✓",
    "NOT CERTIFIED": "✗",
    "HARNESS ERROR": "!",
    "seen": "✗",
    "not seen": "✓",
    "double ends seen": "~",
    "first message silent": "~",
    "late ends seen": "~",
    "overlap seen": "~",
    "released late": "~",
}
"""A sign beside each word, so that no verdict is told by its colour alone."""


@document("html", file_name="certificate.html")
def render(certificate: Certificate) -> str:
    """Return the document; style and data are inside it."""
    page = _environment().get_template("certificate.html.jinja")
    style = (ROOT / "assets" / "style.css").read_text(encoding="utf-8")
    return page.render(c=certificate, style=style, named=named)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": number,
        "quantity": quantity,
        "spoken": spoken,
        "count": count,
        "mark": lambda word: MARKS.get(word, "–"),
        "kind": _kind,
        "machine": _machine,
    }
    return made


def _kind(word: str) -> str:
    """Return the class of a word: good, bad, open, or quiet."""
    kinds = {"✓": "good", "✗": "bad", "?": "open", "~": "open", "!": "bad"}
    return kinds.get(MARKS.get(word, ""), "quiet")


def _machine(facts: MachineFacts) -> str:
    return f"Python {facts.python}, {facts.platform}, {count(facts.cpu_count, 'core')}"
